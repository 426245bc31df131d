using System.Text.Json;
using System.Text.Json.Nodes;
using MiCse.Tests.Data;

namespace MiCse.Tests.Cli.Commands;

public sealed class VerifyCommandTests : IDisposable
{
    private readonly SmallModel _model = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _model.Dispose();
    }

    [Theory]
    [InlineData("fp32", "int8")]
    [InlineData("int8", "fp32")]
    public void A_sound_model_passes_every_check(string precision, string other)
    {
        var golden = _folder.File("golden.json");
        Assert.Equal(0, CommandRun.Of("verify", "--model", _model.Path, "--precision", precision, "--write", golden).ExitCode);

        var run = CommandRun.Of(
            "verify", "--model", _model.Path, "--precision", precision, "--against", golden, "--compare-precision", other, "--min-cosine", "0.98", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.True(run.Json.GetProperty("ok").GetBoolean());
        var checks = run.Json.GetProperty("checks").EnumerateArray().ToArray();
        Assert.Equal(4, checks.Length);
        // Batches, threads and golden vectors agree to the last bit, two precisions do not.
        Assert.Equal([0, 0, 0], checks[..3].Select(check => check.GetProperty("maxAbsoluteDifference").GetDouble()));
        Assert.All(checks[..3], check => Assert.Equal(1, check.GetProperty("worstCosine").GetDouble(), 6));
        Assert.InRange(checks[3].GetProperty("meanCosine").GetDouble(), 0.98, 0.9999999);
    }

    [Fact]
    public void Other_vectors_than_the_golden_ones_fail()
    {
        var golden = _folder.File("golden.json");
        Assert.Equal(0, CommandRun.Of("verify", "--model", _model.Path, "--write", golden).ExitCode);
        var document = JsonNode.Parse(File.ReadAllText(golden))!;
        document["vectors"]![3]!["embedding"]![5] = (float)document["vectors"]![3]!["embedding"]![5]! + 0.01f;
        File.WriteAllText(golden, document.ToJsonString());

        var run = CommandRun.Of("verify", "--model", _model.Path, "--against", golden, "--json");

        Assert.Equal(1, run.ExitCode);
        Assert.False(run.Json.GetProperty("ok").GetBoolean());
        Assert.Equal(0.01, run.Json.GetProperty("maxAbsoluteDifference").GetDouble(), 4);
        Assert.Equal([true, true, false], run.Json.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("ok").GetBoolean()));
    }

    [Fact]
    public void A_file_given_with_against_is_one_of_golden_vectors()
    {
        var golden = _folder.File("golden.json");
        Assert.Equal(0, CommandRun.Of("verify", "--model", _model.Path, "--write", golden).ExitCode);

        var against = CommandRun.Of("verify", "--model", _model.Path, "--against", golden);

        Assert.Equal((0, ""), (against.ExitCode, against.Error));
        Assert.Contains("golden vectors of ", against.Output, StringComparison.Ordinal);
        Assert.Equal(CommandRun.Of("verify", "--model", _model.Path, "--golden", golden).Output, against.Output);
        Assert.Contains("missing.json", Assert.Single(CommandRun.Of("verify", "--model", _model.Path, "--against", _folder.File("missing.json")).ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Precisions_that_are_too_far_apart_fail()
    {
        var run = CommandRun.Of("verify", "--model", _model.Path, "--compare-precision", "int8", "--min-cosine", "0.9999999");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("FAILED", run.Output, StringComparison.Ordinal);
        Assert.Contains("fp32 and int8", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "holds no golden vectors")]
    [InlineData("[1", "is not JSON")]
    [InlineData("{\"model\":\"m\",\"pooling\":\"mean\",\"precision\":\"fp32\",\"vectors\":[{\"text\":\"a\",\"embedding\":[1]}]}", "holds vectors of m (mean, 1 dimensions)")]
    public void What_is_not_golden_is_refused_in_a_sentence(string content, string message)
    {
        File.WriteAllText(_folder.File("golden.json"), content);

        var run = CommandRun.Of("verify", "--model", _model.Path, "--against", _folder.File("golden.json"));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(message, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_of_a_file_are_what_is_written()
    {
        File.WriteAllLines(_folder.File("texts.txt"), ["the cat sat", "on a mat"]);

        Assert.Equal(0, CommandRun.Of("verify", "--model", _model.Path, "--data", _folder.File("texts.txt"), "--write", _folder.File("golden.json")).ExitCode);

        var vectors = JsonDocument.Parse(File.ReadAllText(_folder.File("golden.json"))).RootElement.GetProperty("vectors");
        Assert.Equal(["the cat sat", "on a mat"], vectors.EnumerateArray().Select(row => row.GetProperty("text").GetString()));
        using var encoder = SentenceEncoder.Load(_model.Path);
        Assert.Equal(encoder.Encode("on a mat", TestContext.Current.CancellationToken), vectors[1].GetProperty("embedding").EnumerateArray().Select(x => x.GetSingle()));
    }
}
