using System.Collections.Concurrent;
using MiCse.Checkpoints.Onnx;
using MiCse.Files;
using MiCse.Inference.Layers;
using MiCse.Models;
using MiCse.Numerics;
using MiCse.Vectors;
using Microsoft.ML.OnnxRuntime;
using TensorElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace MiCse.Inference.Graphs;

/// <summary>
/// Runs a graph of another program as it is, by ONNX Runtime, one text at a time without padding: so a vector depends on its text alone even where a graph quantizes
/// with the range of a whole batch. Pooling is this library's, unless the graph has no hidden states as an output, but its own embeddings.
/// </summary>
internal sealed class OnnxEngine : IEncoderEngine
{
    private static readonly string[] StateNames = ["last_hidden_state", "token_embeddings"];
    private static readonly string[] EmbeddingNames = ["sentence_embedding", "text_embeds"];

    private readonly string _path;
    private readonly EncoderShape _config;
    private readonly InferenceSession _session;
    private readonly List<(string Name, TensorElementType Type)> _inputs = [];
    private readonly string[] _output;
    private readonly PoolingLayer? _pooling;
    private readonly bool _normalize;
    private readonly ConcurrentBag<Workspace> _workspaces = [];

    /// <param name="path">The graph.</param>
    /// <param name="config">Its sizes.</param>
    /// <param name="pooling">What is computed from the hidden states.</param>
    /// <param name="normalize">Whether embeddings are scaled to length 1.</param>
    /// <param name="threads">How many texts are computed at a time.</param>
    /// <exception cref="ModelFormatException">ONNX Runtime cannot open it, or its inputs and outputs are not those of an encoder.</exception>
    public OnnxEngine(string path, EncoderShape config, Pooling pooling, bool normalize, int threads)
    {
        (_path, _config, _normalize, Workers) = (path, config, normalize, threads);
        _session = Open(path);
        try
        {
            ReadInputs();
            _output = [FindOutput(out var hasStates)];
            _pooling = hasStates ? PoolingOf(pooling) : null;
        }
        catch
        {
            _session.Dispose();
            throw;
        }
    }

    public string Name => "onnx";

    public int Dimensions => _config.HiddenSize;

    public int Workers { get; }

    public BatchSize BatchSize => new(Least: 64, Most: 512);

    /// <summary>Whether the graph gives the hidden states of tokens, and not embeddings alone.</summary>
    public bool HasHiddenStates => _pooling is not null;

    public ValueTask<EmbeddingMatrix> EncodeAsync(IReadOnlyList<int[]> texts, int workers, CancellationToken cancellationToken)
    {
        var embeddings = new float[texts.Count * Dimensions];
        new Team(workers, cancellationToken).Share(texts.Count, (from, to) =>
        {
            for (var text = from; text < to; text++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Encode(texts[text], embeddings.AsSpan(text * Dimensions, Dimensions));
            }
        });
        return ValueTask.FromResult(new EmbeddingMatrix(embeddings, texts.Count, Dimensions));
    }

    public ValueTask<EmbeddingMatrix> EncodeTokensAsync(int[] ids, int workers, CancellationToken cancellationToken)
    {
        if (!HasHiddenStates)
        {
            throw new ModelFormatException(_path, $"gives embeddings of texts alone ({_output[0]}), no hidden states of tokens");
        }

        cancellationToken.ThrowIfCancellationRequested();
        var states = new EmbeddingMatrix(ids.Length, Dimensions);
        Run(ids, output =>
        {
            for (var token = 0; token < ids.Length; token++)
            {
                output.Slice(token * Dimensions, Dimensions).CopyTo(states[token]);
            }
        });
        return ValueTask.FromResult(states);
    }

    public void Dispose()
    {
        _session.Dispose();
        _pooling?.Dispose();
        while (_workspaces.TryTake(out var workspace))
        {
            workspace.Dispose();
        }
    }

    private delegate void OutputReader(ReadOnlySpan<float> output);

    private unsafe void Encode(int[] ids, Span<float> embedding)
    {
        fixed (float* target = embedding)
        {
            var address = (nint)target;
            Run(ids, output => Pool(ids, output, new Span<float>((float*)address, Dimensions)));
        }
    }

    private void Pool(int[] ids, ReadOnlySpan<float> output, Span<float> embedding)
    {
        if (_pooling is null)
        {
            output.CopyTo(embedding);
            PoolingLayer.Normalize(embedding, _normalize);
            return;
        }

        var workspace = _workspaces.TryTake(out var used) ? used : new Workspace(_config, EncoderPrecision.Float32);
        workspace.Hidden.Reserve(ids.Length);
        for (var token = 0; token < ids.Length; token++)
        {
            output.Slice(token * Dimensions, Dimensions).CopyTo(workspace.Hidden.Row(token));
        }

        _pooling.Apply([workspace.Hidden], firstOnly: false, new TransformerInput([ids]), embedding, workspace, new Team(1, CancellationToken.None));
        _workspaces.Add(workspace);
    }

    /// <summary>Runs the graph on one text.</summary>
    private void Run(int[] ids, OutputReader read)
    {
        var expected = HasHiddenStates ? (long)ids.Length * Dimensions : Dimensions;
        var values = _inputs.ConvertAll(input => Input(input, ids));
        try
        {
            using var options = new RunOptions();
            using var outputs = _session.Run(options, _inputs.ConvertAll(input => input.Name), values, _output);
            var output = outputs[0].GetTensorDataAsSpan<float>();
            if (output.Length != expected)
            {
                throw new ModelFormatException(
                    _path, $"gives {_output[0]} [{string.Join(", ", outputs[0].GetTensorTypeAndShape().Shape)}] for a text of {ids.Length} tokens; expected are {Dimensions} numbers "
                    + $"{(HasHiddenStates ? "a token" : "a text")}, as config.json says");
            }

            read(output);
        }
        catch (OnnxRuntimeException failure)
        {
            throw new ModelFormatException(_path, $"ONNX Runtime cannot run it on a text of {ids.Length} tokens: {Sentence(failure)}", failure);
        }
        finally
        {
            values.ForEach(value => value.Dispose());
        }
    }

    private static OrtValue Input((string Name, TensorElementType Type) input, int[] ids)
    {
        var numbers = input.Name switch
        {
            GraphInputs.Ids => ids,
            GraphInputs.Mask => Enumerable.Repeat(1, ids.Length).ToArray(),
            GraphInputs.PositionIds => Enumerable.Range(0, ids.Length).ToArray(),
            _ => new int[ids.Length],
        };
        return input.Type == TensorElementType.Int32
            ? OrtValue.CreateTensorValueFromMemory(numbers, [1, ids.Length])
            : OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(numbers, number => (long)number), [1, ids.Length]);
    }

    private static InferenceSession Open(string path)
    {
        using var options = new SessionOptions
        {
            // A batch of texts is shared among threads, a text is not.
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        try
        {
            return new InferenceSession(path, options);
        }
        catch (OnnxRuntimeException failure)
        {
            throw new ModelFormatException(path, $"ONNX Runtime cannot open it: {Sentence(failure)}; fetch or export it again", failure);
        }
    }

    private void ReadInputs()
    {
        foreach (var (name, value) in _session.InputMetadata)
        {
            if (name is not (GraphInputs.Ids or GraphInputs.Mask or GraphInputs.TokenTypes or GraphInputs.PositionIds)
                || value.ElementDataType is not (TensorElementType.Int64 or TensorElementType.Int32))
            {
                throw new ModelFormatException(
                    _path, $"has the input '{JsonFailure.Cut(name)}' of {value.ElementDataType}; known are {GraphInputs.Ids}, {GraphInputs.Mask}, {GraphInputs.TokenTypes} and {GraphInputs.PositionIds} of Int64 or Int32");
            }

            _inputs.Add((name, value.ElementDataType));
        }

        if (!_inputs.Exists(input => input.Name == GraphInputs.Ids))
        {
            throw new ModelFormatException(_path, $"has no input {GraphInputs.Ids}, so it is no encoder of texts");
        }
    }

    private string FindOutput(out bool hasStates)
    {
        var floats = _session.OutputMetadata.Where(output => output.Value.IsTensor && output.Value.ElementDataType == TensorElementType.Float).ToList();
        var states = StateNames.Concat(floats.Where(output => output.Value.Dimensions.Length == 3).Select(output => output.Key))
            .FirstOrDefault(name => floats.Exists(output => output.Key == name && output.Value.Dimensions.Length is 0 or 3));
        hasStates = states is not null;
        return states ?? EmbeddingNames.FirstOrDefault(name => floats.Exists(output => output.Key == name))
            ?? throw new ModelFormatException(
                _path, $"has no output with hidden states or embeddings in float32; expected is one of {string.Join(", ", StateNames.Concat(EmbeddingNames))}, "
                + $"it has {string.Join(", ", _session.OutputMetadata.Keys.Take(5).Select(name => JsonFailure.Cut(name)))}");
    }

    private PoolingLayer PoolingOf(Pooling pooling)
    {
        if (pooling is not (Pooling.Mean or Pooling.ClsBeforePooler))
        {
            throw new ModelFormatException(
                _path, $"is run as it is by ONNX Runtime, which gives the last hidden states alone; the pooling {pooling.Name()} needs more: take mean or cls-before-pooler");
        }

        var weights = new NoWeights(_config);
        return new PoolingLayer(weights, pooling, _normalize, new LinearFactory(weights, EncoderPrecision.Float32, 1));
    }

    /// <summary>The first line of what ONNX Runtime says.</summary>
    private static string Sentence(OnnxRuntimeException failure) => JsonFailure.Cut(failure.Message.ReplaceLineEndings("\n").Split('\n')[0].TrimEnd('.'));
}
