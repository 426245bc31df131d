using MiCse.Files;
using MiCse.ModelFolders;

namespace MiCse.Search;

/// <summary>Where the vectors of an index come from: vectors of different models cannot be compared.</summary>
/// <param name="Model">The model's folder or name, for people and for loading it again.</param>
/// <param name="Pooling">How hidden states became vectors, as on the command line.</param>
/// <param name="Dimensions">Length of a vector.</param>
/// <param name="Fingerprint">A hash of the model's weights, from <see cref="ModelFingerprint"/>; null when it is not known: names are compared then.</param>
public sealed record VectorSource(string Model, string Pooling, int Dimensions, string? Fingerprint = null)
{
    /// <summary>What was put before every text; null when it is not recorded, and then it is the model's default prompt.</summary>
    public string? Prompt { get; init; }

    /// <summary>The source of an encoder's vectors; reads its weights once.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="model">What to call its model; null takes the folder it was loaded from.</param>
    public static VectorSource Of(SentenceEncoder encoder, string? model = null)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        return new VectorSource(
            model ?? Path.GetFullPath(encoder.Folder.Path), encoder.Pooling.Name, encoder.Dimensions, encoder.WeightsFingerprint);
    }

    /// <summary>Refuses vectors of another model, pooling or length. The model's name does not matter where both fingerprints are known.</summary>
    /// <param name="other">Where the vectors come from that are to be added to these, or compared with them.</param>
    /// <param name="path">The index, for the message.</param>
    /// <exception cref="DataFormatException">They are others; the sentence names both.</exception>
    public void Require(VectorSource other, string path) => Require(other, path, "index");

    /// <summary>The same for another kind of file that holds vectors.</summary>
    /// <inheritdoc cref="Require(VectorSource, string)"/>
    internal void Require(VectorSource other, string path, string kind)
    {
        ArgumentNullException.ThrowIfNull(other);
        var sameModel = Fingerprint is null || other.Fingerprint is null ? Model == other.Model : Fingerprint == other.Fingerprint;
        if (sameModel && Pooling == other.Pooling && Dimensions == other.Dimensions)
        {
            if (Prompt is { } prompt && other.Prompt is { } another && prompt != another)
            {
                throw new DataFormatException(path, null,
                    $"holds texts that were encoded with the prompt \"{prompt}\", and not with \"{another}\"; add texts with the same prompt, or build a new {kind}.");
            }

            return;
        }

        var changed = Model == other.Model && Pooling == other.Pooling ? "; the model has changed since" : "";
        throw new DataFormatException(path, null,
            $"holds vectors of {this}, which cannot be compared with those of {other}{changed}; use the {kind}'s model, or build a new {kind}.");
    }

    /// <summary>Model, pooling and dimensions, for people.</summary>
    public override string ToString() => $"{Model} ({Pooling}, {Dimensions} dimensions)";
}
