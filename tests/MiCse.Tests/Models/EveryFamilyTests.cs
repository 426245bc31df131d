using MiCse.Export;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tests.Data;
using MiCse.Tests.Inference;

namespace MiCse.Tests.Models;

/// <summary>Every family goes all the way: a folder in its own keys and names is written, opened, run, exported, and run again.</summary>
public sealed class EveryFamilyTests : IDisposable
{
    private static readonly string[] Texts = ["The man plays the guitar.", "hello", "it is raining in winter, it is snowing!"];

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Types => [.. ModelFamily.All.Select(family => family.ModelType)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Types))]
    public void A_model_is_written_opened_exported_and_run(string modelType)
    {
        var shape = new EncoderShape(modelType) { VocabularySize = 512, HiddenSize = 24, Layers = 2, Heads = 3, IntermediateSize = 256, MaxPositions = 66, PadTokenId = 1 };
        var weights = RandomEncoder.Weights(shape, 1);
        var names = shape.Family.NamesOf(shape);
        ModelFolderWriter.Write(
            _folder.File("model"),
            new ModelContent
            {
                Config = shape,
                Weights = WeightNames.Required(shape).Select(weight => weights[weight.Name].WithName(weight.Name)),
                TokenizerFolder = TinyModel.WriteTokenizer(_folder.File("tokenizer")),
                Chain = EmbeddingChain.Of(Pooling.Mean),
            },
            cancellationToken: Token);

        var folder = ModelFolder.Open(_folder.File("model"));
        Assert.Equal(shape, folder.Config);
        using (var checkpoint = folder.OpenCheckpoint())
        {
            Assert.Equal(WeightNames.Required(shape).Select(weight => names.FileName(weight.Name)).Distinct().Order(), checkpoint.Tensors.Keys.Order());
        }

        using var float32 = SentenceEncoder.Load(_folder.File("model"), new SentenceEncoderOptions { Precision = EncoderPrecision.Float32 });
        using var int8 = SentenceEncoder.Load(_folder.File("model"), new SentenceEncoderOptions { Precision = EncoderPrecision.Int8 });
        OnnxExport.Write(_folder.File("onnx"), folder, new OnnxExportOptions { MinCosine = 0.9 }, TimeProvider.System, Token);
        using var exported = SentenceEncoder.Load(_folder.File("onnx"), new SentenceEncoderOptions { Precision = EncoderPrecision.Float32 });
        using var exportedInt8 = SentenceEncoder.Load(_folder.File("onnx"), new SentenceEncoderOptions { Precision = EncoderPrecision.Int8 });
        Assert.Equal(Encode(float32), Encode(exported));
        Assert.Equal(Encode(int8), Encode(exportedInt8));
        Assert.NotEqual(Encode(float32), Encode(int8));
    }

    private static float[] Encode(SentenceEncoder encoder) => encoder.Encode(Texts, cancellationToken: Token).Embeddings.Values.ToArray();
}
