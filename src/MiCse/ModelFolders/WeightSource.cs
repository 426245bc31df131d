using MiCse.Files;
using MiCse.Inference;
using MiCse.Models;
using MiCse.Weights;

namespace MiCse.ModelFolders;

/// <summary>The weights of a model folder, opened for a precision. It may be closed when the encoder on them is there.</summary>
internal sealed class WeightSource : IDisposable
{
    private readonly IDisposable _file;

    private WeightSource(GraphWeights weights, EncoderPrecision precision, IDisposable file)
    {
        Weights = weights;
        Precision = precision;
        _file = file;
    }

    public GraphWeights Weights { get; }

    /// <summary>What is multiplied.</summary>
    public EncoderPrecision Precision { get; }

    /// <summary>Opens the weights.</summary>
    /// <param name="model">The folder.</param>
    /// <param name="precision">What is to be multiplied; null takes what the folder has, float32 before int8.</param>
    /// <exception cref="ModelFormatException">The file is broken, or the folder has not what is asked for.</exception>
    public static WeightSource Open(ModelFolder model, EncoderPrecision? precision)
    {
        if (model.Precision == EncoderPrecision.Float32)
        {
            var checkpoint = model.OpenCheckpoint();
            return Open(checkpoint, () => new CheckpointGraphWeights(EncoderWeights.From(checkpoint, model.Config), weights => InputMeasurement.Of(weights, model.TransformerPath)), precision ?? EncoderPrecision.Float32);
        }

        if (precision == EncoderPrecision.Float32)
        {
            throw new ModelFormatException(
                model.WeightsPath, "holds weights rounded to int8, and the folder has no others: run them as int8, or name the folder that they were exported from");
        }

        var file = MappedFile.Open(model.WeightsPath);
        return Open(file, () => OnnxGraphWeights.Read(file, model.Config), EncoderPrecision.Int8);
    }

    public void Dispose() => _file.Dispose();

    private static WeightSource Open(IDisposable file, Func<GraphWeights> read, EncoderPrecision precision)
    {
        try
        {
            return new WeightSource(read(), precision, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
