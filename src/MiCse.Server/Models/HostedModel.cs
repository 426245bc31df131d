using MiCse.ModelFolders;
using MiCse.Server.Admission;
using MiCse.Server.Configuration;

namespace MiCse.Server.Models;

/// <summary>A model of a server, loaded or not. <see cref="ModelHost"/>'s lock guards what changes.</summary>
/// <param name="model">What it is.</param>
/// <param name="options">The limits.</param>
internal sealed class HostedModel(ServedModel model, MiCseServerOptions options)
{
    // What clients of Ollama add to a name.
    private const string Latest = ":latest";

    public ServedModel Model => model;

    public string Name => model.Name;

    /// <summary>What waits for it.</summary>
    public AdmissionControl Admission { get; } = new(options);

    /// <summary>The encoder; null when it is not loaded.</summary>
    public SentenceEncoder? Encoder { get; set; }

    /// <summary>Held by who loads it.</summary>
    public SemaphoreSlim Loading { get; } = new(1, 1);

    /// <summary>How many requests use it.</summary>
    public int Users { get; set; }

    /// <summary>When it was used last.</summary>
    public long LastUsed { get; set; }

    /// <summary>Bytes of its weights; null before it was resolved.</summary>
    public long? Bytes { get; set; }

    /// <summary>When its weights were written, for clients that ask.</summary>
    public DateTime? WrittenAt { get; set; }

    /// <summary>The folder, read without weights; null before it was resolved.</summary>
    public ModelFolder? Folder { get; set; }

    /// <summary>Whether a request means it. Where a folder lies is no name: requests could find out which there are.</summary>
    public bool IsCalled(string name) =>
        Is(name) || (name.EndsWith(Latest, StringComparison.Ordinal) && Is(name[..^Latest.Length]));

    private bool Is(string name) =>
        name == Name || (name == model.Source && !Path.IsPathRooted(name) && !Directory.Exists(name)) || name == Encoder?.ModelId;
}

/// <summary>A model that stays loaded until this is disposed.</summary>
internal sealed class ModelLease(ModelHost host, HostedModel model, SentenceEncoder encoder) : IDisposable
{
    private bool _isOver;

    public HostedModel Model => model;

    public SentenceEncoder Encoder => encoder;

    public void Dispose()
    {
        if (!_isOver)
        {
            _isOver = true;
            host.Release(model);
        }
    }
}
