using System.Text.Json;
using MiCse.Checkpoints;
using MiCse.Files;
using MiCse.Tensors;
using MiCse.Training.Model;
using MiCse.Training.Optimization;

namespace MiCse.Training.Loop;

/// <summary>
/// Everything to continue from a step: <c>training.json</c> and <c>state.safetensors</c> in a folder <c>step-N</c>. A folder appears complete
/// or not at all, and the one before it is deleted only then, so a training may be interrupted at any moment.
/// </summary>
/// <typeparam name="TState">What is saved beside the tensors.</typeparam>
internal sealed class TrainingCheckpoint<TState> : IDisposable
    where TState : class
{
    private const string StateFile = "training.json";
    private const string TensorFile = "state.safetensors";
    private const string WeightPrefix = "weight.";
    private const string MomentPrefix = "moment.";
    private const string BestPrefix = "best.";

    private readonly Checkpoint _tensors;

    private TrainingCheckpoint(string path, TState state, Checkpoint tensors)
    {
        Path = path;
        State = state;
        _tensors = tensors;
    }

    public string Path { get; }

    public TState State { get; }

    /// <summary>The encoder's weights of the best evaluation; empty when there was none yet.</summary>
    /// <exception cref="ModelFormatException">One is not floating-point.</exception>
    public IReadOnlyList<Tensor> BestWeights =>
        [.. WithPrefix(BestPrefix).Select(tensor => Tensor.From(tensor.Key, tensor.Value.Shape, Singles(tensor.Value)))];

    /// <summary>The checkpoint of the latest step; null when there is none.</summary>
    /// <exception cref="ModelFormatException">It cannot be read.</exception>
    public static TrainingCheckpoint<TState>? OpenLast(string folder)
    {
        if (TrainingCheckpoint.StepFolders(folder).OrderBy(step => step.Step).LastOrDefault().Path is not { } last)
        {
            return null;
        }

        var statePath = System.IO.Path.Combine(last, StateFile);
        try
        {
            var bytes = File.ReadAllBytes(statePath);
            using var document = JsonFile.Parse(statePath, bytes);
            return new TrainingCheckpoint<TState>(last, TrainingJson.Read<TState>(bytes), Checkpoint.Open(System.IO.Path.Combine(last, TensorFile)));
        }
        catch (Exception broken) when (broken is JsonException or FileNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw new ModelFormatException(statePath, $"is not the state of a training of this version ({(broken is JsonException json ? JsonFailure.Describe(json) : broken.Message)})", broken);
        }
    }

    /// <summary>Puts the weights and the optimizer's moments back.</summary>
    /// <param name="model">The model and its heads.</param>
    /// <param name="optimizer">Its optimizer.</param>
    /// <param name="step">Steps done.</param>
    /// <exception cref="ModelFormatException">They are damaged, or those of another model.</exception>
    public void Restore(TrainableModel model, AdamW optimizer, int step)
    {
        try
        {
            model.Load(WithPrefix(WeightPrefix));
            optimizer.Resume(step, WithPrefix(MomentPrefix).ToDictionary(tensor => tensor.Key, tensor => Singles(tensor.Value)));
        }
        catch (Exception unfit) when (unfit is ArgumentException or InvalidOperationException)
        {
            throw new ModelFormatException(
                _tensors.Path, $"does not fit the training: {unfit.Message.TrimEnd('.')}; delete the checkpoint and train again", unfit);
        }
    }

    /// <summary>Saves a step and deletes earlier ones.</summary>
    /// <exception cref="IOException">It cannot be written; the step before is kept.</exception>
    public static void Save(
        string folder,
        int step,
        TState state,
        IEnumerable<Tensor> weights,
        IEnumerable<KeyValuePair<string, float[]>> moments,
        IEnumerable<Tensor> bestWeights)
    {
        var path = System.IO.Path.Combine(folder, TrainingCheckpoint.StepPrefix + step);
        if (Directory.Exists(path))
        {
            return;
        }

        AtomicFolder.Write(path, target =>
        {
            using (var file = File.Create(System.IO.Path.Combine(target, StateFile)))
            {
                TrainingJson.Write(file, state);
            }

            SafetensorsWriter.Write(
                System.IO.Path.Combine(target, TensorFile),
                [
                    .. weights.Select(weight => weight.WithName(WeightPrefix + weight.Name)),
                    .. moments.Select(moment => Tensor.From(MomentPrefix + moment.Key, [moment.Value.Length], moment.Value)),
                    .. bestWeights.Select(weight => weight.WithName(BestPrefix + weight.Name)),
                ]);
        });

        foreach (var other in Directory.GetDirectories(folder).Where(other => other != path))
        {
            Directory.Delete(other, recursive: true);
        }
    }

    public void Dispose() => _tensors.Dispose();

    private float[] Singles(Tensor tensor) => tensor.Type.IsFloatingPoint()
        ? tensor.ToSingles()
        : throw new ModelFormatException(_tensors.Path, $"'{JsonFailure.Cut(tensor.Name)}' is of the type {tensor.Type}; expected are floating-point numbers");

    private Dictionary<string, Tensor> WithPrefix(string prefix) => _tensors.Tensors
        .Where(tensor => tensor.Key.StartsWith(prefix, StringComparison.Ordinal))
        .ToDictionary(tensor => tensor.Key[prefix.Length..], tensor => tensor.Value);
}

/// <summary>What is the same for the checkpoints of all trainings.</summary>
internal static class TrainingCheckpoint
{
    /// <summary>What names of checkpoints begin with; the number of steps follows.</summary>
    public const string StepPrefix = "step-";

    /// <summary>The checkpoints in a folder, and after which step each was saved.</summary>
    public static IEnumerable<(int Step, string? Path)> StepFolders(string folder) =>
        from path in Directory.Exists(folder) ? Directory.GetDirectories(folder, StepPrefix + "*") : []
        let step = int.TryParse(Path.GetFileName(path)[StepPrefix.Length..], out var number) ? number : -1
        where step >= 0
        select (step, (string?)path);
}
