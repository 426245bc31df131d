using System.Diagnostics;
using MiCse.Tests.Data;

namespace MiCse.Tests.Cli.Terminal;

/// <summary>Standard streams that the caller closed, or that cannot be read or written: in processes of their own, through a shell.</summary>
public sealed class ClosedStreamsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public ClosedStreamsTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A shell of Unix closes streams.");
        _model = TinyModel.Write(_folder.File("model"));
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("encode --model $MODEL <&-")]
    [InlineData("tokenize --model $MODEL <&-")]
    [InlineData("cluster --k 2 --model $MODEL <&-")]
    [InlineData("encode --model $MODEL <&- >$FOLDER/out")]
    public async Task A_closed_input_is_one_sentence_instead_of_waiting_for_ever(string command)
    {
        var (exitCode, _, error) = await Run(command);

        Assert.Equal("micse: standard input: is closed; name a file, or send the texts through a pipe.\n", error);
        Assert.Equal(1, exitCode);
    }

    [Fact]
    public async Task A_command_that_reads_a_file_needs_no_input()
    {
        File.WriteAllText(_folder.File("texts.txt"), "the dog\n");

        var (exitCode, output, error) = await Run("tokenize $FOLDER/texts.txt --model $MODEL <&-");

        Assert.Equal((0, ""), (exitCode, error));
        Assert.StartsWith("{\"text\":\"the dog\"", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("similarity a b --model $FOLDER/nowhere >&-")]
    [InlineData("index $FOLDER/nothing.txt -o $FOLDER/index >&-")]
    [InlineData("encode -o $FOLDER/x.npy --json --model $FOLDER/nowhere </dev/null >&-")]
    [InlineData("similarity --help >&-")]
    public async Task A_closed_output_is_one_sentence_before_the_work(string command)
    {
        var (exitCode, _, error) = await Run(command);

        Assert.Equal("micse: standard output: is closed; send it to a file, or to /dev/null where nothing is to be kept.\n", error);
        Assert.Equal(1, exitCode);
    }

    [Fact]
    public async Task What_goes_to_a_file_needs_no_output()
    {
        var (exitCode, _, error) = await Run("encode -o $FOLDER/x.npy --model $MODEL --quiet </dev/null >&-");

        Assert.Equal((0, ""), (exitCode, error));
        Assert.True(File.Exists(_folder.File("x.npy")));
    }

    [Theory]
    [InlineData("similarity a b --model $MODEL 2>&-", 0)]
    [InlineData("similarity a b --model $FOLDER/nowhere 2>&-", 1)]
    [InlineData("similarity a --model $MODEL 2>&-", 2)]
    public async Task Closed_messages_leave_the_exit_code(string command, int expected) => Assert.Equal(expected, (await Run(command)).ExitCode);

    [Theory]
    [InlineData("similarity a b --model $MODEL")]
    [InlineData("similarity a b --model $MODEL --json")]
    [InlineData("tokenize --model $MODEL $FOLDER/texts.txt")]
    [InlineData("--help")]
    public async Task A_full_disk_is_one_sentence(string command)
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full.");
        File.WriteAllText(_folder.File("texts.txt"), "the dog\n");

        var (exitCode, _, error) = await Run($"{command} >/dev/full");

        Assert.Equal("micse: standard output: cannot be written, the disk is full; free some space or write elsewhere.\n", error);
        Assert.Equal(1, exitCode);
    }

    [Fact]
    public async Task Messages_that_find_no_room_leave_the_exit_code()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full.");

        Assert.Equal(1, (await Run("similarity a b --model $MODEL >/dev/full 2>&1")).ExitCode);
    }

    [Fact]
    public async Task An_input_that_cannot_be_read_is_one_sentence()
    {
        var (exitCode, _, error) = await Run("encode --model $MODEL <$FOLDER");

        Assert.Equal(1, exitCode);
        Assert.StartsWith("micse: standard input: cannot be read: ", error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private async Task<(int ExitCode, string Output, string Error)> Run(string command)
    {
        var token = TestContext.Current.CancellationToken;
        var program = Path.Combine(AppContext.BaseDirectory, "MiCse.Cli.dll");
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"exec dotnet \"$PROGRAM\" {command}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PROGRAM"] = program, ["MODEL"] = _model, ["FOLDER"] = _folder.Path, ["HF_HUB_OFFLINE"] = "1" },
        })!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(token);
            var error = process.StandardError.ReadToEndAsync(token);
            await process.WaitForExitAsync(token).WaitAsync(TimeSpan.FromMinutes(2), token);
            return (process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
