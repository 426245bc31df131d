using System.Diagnostics;

namespace MiCse.Tests.Cli.Help;

public class CompletionScriptTests
{
    [Theory]
    [InlineData("sim", "similarity", "micse", "sim")]
    [InlineData("", "demo", "micse", "")]
    [InlineData("--max", "--max-tokens", "micse", "encode", "--max")]
    [InlineData("me", "mean mean-first-last mean-last-two mean-sqrt-length", "micse", "encode", "--pooling", "me")]
    [InlineData("", "fp32 int8", "micse", "index", "--index-precision", "")]
    [InlineData("a", "add", "micse", "index", "a")]
    [InlineData("--id", "--id-column", "micse", "index", "add", "my.index", "--id")]
    [InlineData("--ver", "--verbose", "micse", "similarity", "--ver")]
    [InlineData("news", "", "micse", "encode", "news")] // Files are the shell's.
    public async Task Bash_completes_what_is_typed(string current, string expected, params string[] words)
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "There is no bash.");
        var script = CommandRun.Of("completion", "bash").Output;
        var typed = string.Join(' ', words.Select(word => $"'{word}'"));

        var found = await Bash($"{script}\nCOMP_WORDS=({typed}); COMP_CWORD={words.Length - 1}; _micse; echo \"${{COMPREPLY[@]}}\"");

        Assert.Equal(current, words[^1]);
        Assert.Equal(expected, current.Length == 0 && words.Length == 2 ? found.Split(' ')[0] : found);
    }

    [Theory]
    [InlineData("zsh", "bashcompinit")]
    [InlineData("fish", "complete -c micse -n '__fish_seen_subcommand_from encode' -l pooling -x -a 'cls cls-before-pooler last-token max mean mean-first-last mean-last-two mean-sqrt-length weighted-mean' -d ")]
    [InlineData("fish", "complete -c micse -n '__fish_seen_subcommand_from encode' -s o -l output -r -d ")]
    [InlineData("powershell", "'search --measure' = 'cosine dot euclidean manhattan'")]
    public void Other_shells_have_their_own_way(string shell, string line)
    {
        var run = CommandRun.Of("completion", shell);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(line, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_shell_is_wrong_usage() =>
        Assert.Equal("micse completion: SHELL: 'tcsh' is not one of bash, zsh, fish, powershell.", CommandRun.Of("completion", "tcsh").ErrorLines[0]);

    private static async Task<string> Bash(string script)
    {
        var token = TestContext.Current.CancellationToken;
        using var process = Process.Start(new ProcessStartInfo("/bin/bash", ["--norc", "-s"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await process.StandardInput.WriteAsync(script.AsMemory(), token);
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync(token);
        await process.WaitForExitAsync(token);
        return output.Trim();
    }
}
