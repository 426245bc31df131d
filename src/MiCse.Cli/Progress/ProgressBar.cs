using Spectre.Console;
using Spectre.Console.Rendering;

namespace MiCse.Cli.Progress;

/// <summary>Progress for people: a bar with rate and time left that disappears when the work is done.</summary>
internal static class ProgressBar
{
    /// <summary>Runs the work under a bar.</summary>
    public static T Run<T>(TextWriter writer, string title, string unit, Func<IProgress<WorkProgress>, T> work)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        return new Spectre.Console.Progress(console) { AutoClear = true }
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn { Width = 24 }, new PaceColumn())
            .Start(context =>
            {
                var task = context.AddTask(Markup.Escape(title));
                task.IsIndeterminate = true;
                return work(new Report(task, unit));
            });
    }

    private sealed class Report(ProgressTask task, string unit) : IProgress<WorkProgress>
    {
        void IProgress<WorkProgress>.Report(WorkProgress value)
        {
            if (value.Total is > 0)
            {
                task.IsIndeterminate = false;
                task.MaxValue = value.Total.Value;
                task.Value = value.Done;
            }

            task.Tag = Pace.Describe(value, task.ElapsedTime ?? TimeSpan.Zero, unit);
        }
    }

    private sealed class PaceColumn : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(task.Tag as string ?? "").Overflow(Overflow.Ellipsis);
    }
}
