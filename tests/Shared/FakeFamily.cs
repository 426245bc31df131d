using MiCse.Models;

namespace MiCse.Tests;

/// <summary>
/// An encoder like no published one: keys and names of its own, queries, keys and values stacked in one tensor, attention without biases, no token types.
/// </summary>
internal sealed class FakeFamily : ModelFamily
{
    public static FakeFamily Instance { get; } = new();

    public override string ModelType => "fake";

    public override string ClassPrefix => "Fake";

    public override int PadTokenId => 3;

    public override ConfigKeys Keys { get; } = new()
    {
        HiddenSize = "width",
        Layers = "depth",
        TypeVocabularySize = null,
        Constants = [new("colour", "green", "the colour")],
    };

    public override WeightMap Names { get; } = new()
    {
        Prefix = "fake.",
        Layers = "blocks.",
        Sections = ["table.", "blocks.", "pooler."],
        Buffers = ["table.count"],
        Modules =
        [
            ("embeddings.word_embeddings", "table.words"),
            ("embeddings.position_embeddings", "table.places"),
            ("embeddings.LayerNorm", "table.norm"),
            ("attention.self.query", "qkv"),
            ("attention.self.key", "qkv"),
            ("attention.self.value", "qkv"),
            ("output.dense", "back"),
        ],
        MaskedLanguageModelHead = new("guess.dense", "guess.norm", "guess.shift"),
    };

    public override EncoderPlan Plan(EncoderShape shape) => new()
    {
        Positions = new LearnedPositions(shape.PadTokenId),
        TokenTypes = TokenTypes.None,
        Biases = Biases.FeedForward,
    };
}
