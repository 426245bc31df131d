using System.Text;

namespace MiCse.Cli.Terminal;

/// <summary>
/// Messages for people: whatever they quote of texts, names and configurations is written as <see cref="VisibleText"/>, and only the end of a line
/// ends a line. A message that cannot be delivered changes nothing else: the exit code still says what happened.
/// </summary>
internal sealed class VisibleTextWriter(TextWriter inner) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(string? value) => Deliver(() => inner.Write(VisibleText.Of(value ?? "")));

    public override void WriteLine() => Deliver(inner.WriteLine);

    // One call, so that lines of several threads do not mix.
    public override void WriteLine(string? value) => Deliver(() => inner.WriteLine(VisibleText.Of(value ?? "")));

    public override void Flush() => Deliver(inner.Flush);

    private static void Deliver(Action write)
    {
        try
        {
            write();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // There is no other place to report it.
        }
    }
}
