using MiCse.Files;

namespace MiCse.ModelFolders;

/// <summary>The weights of a folder as they were when it was loaded. They are hashed when that is first asked for: it takes about as long as reading them.</summary>
internal sealed class LoadedWeights
{
    private readonly ModelFolder _folder;
    private readonly (long, DateTime) _state;
    private string? _fingerprint;

    /// <summary>Notes size and time of the file.</summary>
    public LoadedWeights(ModelFolder folder)
    {
        _folder = folder;
        _state = State();
    }

    /// <summary>Their hash, from <see cref="ModelFingerprint"/>.</summary>
    /// <exception cref="ModelFormatException">The file has changed.</exception>
    public string Fingerprint
    {
        get
        {
            if (_fingerprint is null)
            {
                var fingerprint = ModelFingerprint.Of(_folder);
                _fingerprint = State() == _state ? fingerprint : throw new ModelFormatException(
                    _folder.WeightsPath, "has changed since the model was loaded, so that its fingerprint is not that of the loaded weights; load the model again");
            }

            return _fingerprint;
        }
    }

    private (long, DateTime) State() => (_folder.WeightsByteCount, File.GetLastWriteTimeUtc(_folder.WeightsPath));
}
