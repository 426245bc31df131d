using MiCse.Checkpoints;
using MiCse.Files;
using MiCse.Tests.Data;

namespace MiCse.Tests.Checkpoints;

public sealed class ShardedCheckpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("../ok.safetensors")]
    [InlineData("/etc/passwd")]
    [InlineData("..\\\\ok.safetensors")]
    [InlineData("C:ok.safetensors")]
    [InlineData("sub/ok.safetensors")]
    [InlineData("..")]
    [InlineData("")]
    public void A_shard_outside_the_folder_is_refused(string shard) =>
        AssertRefused($$"""{ "weight_map": { "a": "{{shard}}" } }""", "is not a file name inside the model folder");

    [Theory]
    [InlineData("""{ "weight_map": { "a": "ok.safetensors", "x": "no.safetensors" } }""", "1 shard (no.safetensors) is not there")]
    [InlineData("""{ "weight_map": { "a": "ok.safetensors", "x": "ok.safetensors", "y": "ok.safetensors" } }""",
        "2 keys (x (ok.safetensors), y (ok.safetensors)) are not in the shard")]
    [InlineData("""{ "weight_map": { "a": "ok.safetensors", "a": "ok.safetensors" } }""", "twice")]
    [InlineData("""{ "weight_map": { "a": 1 } }""", "names no file for 'a'")]
    [InlineData("""{ "weight_map": {} }""", "has no 'weight_map'")]
    [InlineData("""{ "weight_map": { "a": "model.safetensors.index.json" } }""", "is an index itself")]
    [InlineData("nonsense", "is not JSON")]
    public void A_broken_index_is_refused(string index, string expected) => AssertRefused(index, expected);

    [Fact]
    public void Only_the_keys_of_the_index_are_there()
    {
        using var checkpoint = Checkpoint.Open(Index("""{ "weight_map": { "b": "ok.safetensors" } }"""));
        Assert.Equal(["b"], checkpoint.Tensors.Keys);
        Assert.Equal([0f, 1f, 2f, 3f, 4f, 5f], checkpoint.Tensors["b"].ToSingles());
    }

    public void Dispose() => _folder.Dispose();

    private void AssertRefused(string index, string expected)
    {
        var path = Index(index);
        Assert.Contains(expected, Assert.Throws<ModelFormatException>(() => Checkpoint.Open(path)).Message, StringComparison.Ordinal);
    }

    private string Index(string json)
    {
        File.Copy(Fixture.Path("bert-random", "bad", "ok_small.safetensors"), _folder.File("ok.safetensors"), overwrite: true);
        File.WriteAllText(_folder.File("model.safetensors.index.json"), json);
        return _folder.File("model.safetensors.index.json");
    }
}
