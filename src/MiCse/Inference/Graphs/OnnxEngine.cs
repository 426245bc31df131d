using System.Collections.Concurrent;
using MiCse.Checkpoints.Onnx;
using MiCse.Files;
using MiCse.Inference.Layers;
using MiCse.Models;
using MiCse.Numerics;
using MiCse.Tensors;
using MiCse.Tokenization;
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
    private readonly int _pooledSize;
    private readonly VectorModules _modules;
    private readonly ConcurrentBag<Workspace> _workspaces = [];

    /// <param name="path">The graph.</param>
    /// <param name="config">Its sizes.</param>
    /// <param name="chain">What is computed from the hidden states; embeddings that the graph gives itself are scaled to length 1 if the chain ends so, and no more.</param>
    /// <param name="modules">The weights of the chain's modules.</param>
    /// <param name="threads">How many texts are computed at a time.</param>
    /// <exception cref="ModelFormatException">ONNX Runtime cannot open it, or its inputs and outputs are not those of an encoder.</exception>
    public OnnxEngine(string path, EncoderShape config, EmbeddingChain chain, IReadOnlyDictionary<string, Tensor> modules, int threads)
    {
        (_path, _config, Workers) = (path, config, threads);
        Dimensions = chain.SizeAfter(chain.PooledSize(config.HiddenSize));
        _session = Open(path);
        try
        {
            ReadInputs();
            _output = [FindOutput(out var hasStates)];
            _pooling = hasStates ? PoolingOf(chain) : null;
            _pooledSize = hasStates ? chain.PooledSize(config.HiddenSize) : Dimensions;
            _modules = new VectorModules(hasStates ? chain.Modules : chain.IsNormalized ? [new NormalizeModule()] : [], modules);
        }
        catch
        {
            _session.Dispose();
            throw;
        }
    }

    public string Name => "onnx";

    public int Dimensions { get; }

    public int Workers { get; }

    public BatchSize BatchSize => new(Least: 64, Most: 512);

    /// <summary>Whether the graph gives the hidden states of tokens, and not embeddings alone.</summary>
    public bool HasHiddenStates => _pooling is not null;

    public ValueTask<EmbeddingMatrix> EncodeAsync(IReadOnlyList<TokenizedText> texts, int workers, CancellationToken cancellationToken)
    {
        var team = new Team(workers, cancellationToken);
        var embeddings = new float[texts.Count * Dimensions];
        team.Share(texts.Count, (from, to) =>
        {
            for (var text = from; text < to; text++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Encode(texts[text]).CopyTo(embeddings, text * Dimensions);
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
        var states = new EmbeddingMatrix(ids.Length, _config.HiddenSize);
        Run(ids, output =>
        {
            for (var token = 0; token < ids.Length; token++)
            {
                output.Slice(token * _config.HiddenSize, _config.HiddenSize).CopyTo(states[token]);
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

    private float[] Encode(TokenizedText text)
    {
        var vector = new float[_pooledSize];
        Run(text.Ids, output => Pool(text, output, vector));
        if (_modules.IsEmpty)
        {
            return vector;
        }

        var embedding = new float[Dimensions];
        _modules.Apply(vector, embedding, 1, new Team(1, CancellationToken.None));
        return embedding;
    }

    private void Pool(TokenizedText text, ReadOnlySpan<float> output, float[] vector)
    {
        if (_pooling is null)
        {
            output.CopyTo(vector);
            return;
        }

        var hidden = _config.HiddenSize;
        var workspace = _workspaces.TryTake(out var used) ? used : new Workspace(_config, EncoderPrecision.Float32);
        workspace.Hidden.Reserve(text.Ids.Length);
        for (var token = 0; token < text.Ids.Length; token++)
        {
            output.Slice(token * hidden, hidden).CopyTo(workspace.Hidden.Row(token));
        }

        var input = new TransformerInput([text.Ids], leftOut: [text.LeftOut]);
        _pooling.Apply([workspace.Hidden], firstOnly: false, input, vector, workspace, new Team(1, CancellationToken.None));
        _workspaces.Add(workspace);
    }

    /// <summary>Runs the graph on one text.</summary>
    private void Run(int[] ids, OutputReader read)
    {
        var width = HasHiddenStates ? _config.HiddenSize : Dimensions;
        var expected = HasHiddenStates ? (long)ids.Length * width : width;
        var values = _inputs.ConvertAll(input => Input(input, ids));
        try
        {
            using var options = new RunOptions();
            using var outputs = _session.Run(options, _inputs.ConvertAll(input => input.Name), values, _output);
            var output = outputs[0].GetTensorDataAsSpan<float>();
            if (output.Length != expected)
            {
                throw new ModelFormatException(
                    _path, $"gives {_output[0]} [{string.Join(", ", outputs[0].GetTensorTypeAndShape().Shape)}] for a text of {ids.Length} tokens; expected are {width} numbers "
                    + $"{(HasHiddenStates ? "a token" : "a text")}, as config.json says");
            }

            read(output);
        }
        catch (Exception failure) when (failure is OnnxRuntimeException or ArgumentException or NotSupportedException or InvalidOperationException)
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
        catch (Exception failure) when (failure is OnnxRuntimeException or ArgumentException or NotSupportedException or OverflowException)
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

    private PoolingLayer PoolingOf(EmbeddingChain chain)
    {
        foreach (var pooling in chain.Poolings.Where(pooling => PoolingFormula.Of(pooling) is { HasHead: true } or not { Layers: PooledLayers.Last }))
        {
            throw new ModelFormatException(
                _path, $"is run as it is by ONNX Runtime, which gives the last hidden states alone; the pooling {pooling.Name()} needs more: take mean or cls-before-pooler");
        }

        var weights = new NoWeights(_config);
        return new PoolingLayer(weights, chain.Poolings, new LinearFactory(weights, EncoderPrecision.Float32, 1));
    }

    /// <summary>The first line of what ONNX Runtime says.</summary>
    private static string Sentence(Exception failure) => JsonFailure.Cut(failure.Message.ReplaceLineEndings("\n").Split('\n')[0].TrimEnd('.'));
}
