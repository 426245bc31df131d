using System.Collections.Concurrent;
using MiCse.Checkpoints.Onnx;
using MiCse.Files;
using MiCse.Inference.Layers;
using MiCse.Inference.Runtime;
using MiCse.Models;
using MiCse.Numerics;
using MiCse.Tensors;
using MiCse.Tokenization;
using MiCse.Vectors;

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
    private readonly IOnnxSession _session;
    private readonly List<string> _inputs = [];
    private readonly string _output;
    private readonly PoolingLayer? _pooling;
    private readonly int _pooledSize;
    private readonly VectorModules _modules;
    private readonly ConcurrentBag<Workspace> _workspaces = [];

    /// <param name="path">The graph.</param>
    /// <param name="config">Its sizes.</param>
    /// <param name="chain">What is computed from the hidden states; embeddings that the graph gives itself are scaled to length 1 if the chain ends so, and no more.</param>
    /// <param name="modules">The weights of the chain's modules.</param>
    /// <param name="threads">How many texts are computed at a time.</param>
    /// <exception cref="ModelFormatException">There is no ONNX Runtime, it cannot open the graph, or its inputs and outputs are not those of an encoder.</exception>
    public OnnxEngine(string path, EncoderShape config, EmbeddingChain chain, IReadOnlyDictionary<string, Tensor> modules, int threads)
    {
        (_path, _config, Workers) = (path, config, threads);
        Dimensions = chain.SizeAfter(chain.PooledSize(config.HiddenSize));
        _session = Open(path);
        try
        {
            ReadInputs();
            _output = FindOutput(out var hasStates);
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
            throw new ModelFormatException(_path, $"gives embeddings of texts alone ({_output}), no hidden states of tokens");
        }

        cancellationToken.ThrowIfCancellationRequested();
        var states = new EmbeddingMatrix(ids.Length, _config.HiddenSize);
        Run(ids, (output, _) =>
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

    private float[] Encode(TokenizedText text)
    {
        var vector = new float[_pooledSize];
        Run(text.Ids, (output, _) => Pool(text, output, vector));
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
    private void Run(int[] ids, OnnxOutputReader read)
    {
        var width = HasHiddenStates ? _config.HiddenSize : Dimensions;
        var expected = HasHiddenStates ? (long)ids.Length * width : width;
        try
        {
            _session.Run([.. _inputs.Select(name => (name, Input(name, ids)))], _output, (output, shape) =>
            {
                if (output.Length != expected)
                {
                    throw new ModelFormatException(
                        _path, $"gives {_output} [{string.Join(", ", shape.ToArray())}] for a text of {ids.Length} tokens; expected are {width} numbers "
                        + $"{(HasHiddenStates ? "a token" : "a text")}, as config.json says");
                }

                read(output, shape);
            });
        }
        catch (InvalidOperationException failure)
        {
            throw new ModelFormatException(_path, $"ONNX Runtime cannot run it on a text of {ids.Length} tokens: {JsonFailure.Cut(failure.Message)}", failure);
        }
    }

    private static int[] Input(string name, int[] ids) => name switch
    {
        GraphInputs.Ids => ids,
        GraphInputs.Mask => [.. Enumerable.Repeat(1, ids.Length)],
        GraphInputs.PositionIds => [.. Enumerable.Range(0, ids.Length)],
        _ => new int[ids.Length],
    };

    private static IOnnxSession Open(string path)
    {
        var runtime = OnnxRuntimePackage.Found ?? throw new ModelFormatException(
            path, $"is a graph of another program, which ONNX Runtime has to run or to check: add the package {OnnxRuntimePackage.Name} (dotnet add package {OnnxRuntimePackage.Name}), "
            + "or give a folder with model.safetensors");
        try
        {
            return runtime.Open(path);
        }
        catch (InvalidOperationException failure)
        {
            throw new ModelFormatException(path, $"ONNX Runtime cannot open it: {JsonFailure.Cut(failure.Message)}; fetch or export it again", failure);
        }
    }

    private void ReadInputs()
    {
        foreach (var (name, type, typeName, _) in _session.Inputs)
        {
            if (name is not (GraphInputs.Ids or GraphInputs.Mask or GraphInputs.TokenTypes or GraphInputs.PositionIds)
                || type is not (TensorType.Int64 or TensorType.Int32))
            {
                throw new ModelFormatException(
                    _path, $"has the input '{JsonFailure.Cut(name)}' of {typeName}; known are {GraphInputs.Ids}, {GraphInputs.Mask}, {GraphInputs.TokenTypes} and {GraphInputs.PositionIds} of Int64 or Int32");
            }

            _inputs.Add(name);
        }

        if (!_inputs.Contains(GraphInputs.Ids))
        {
            throw new ModelFormatException(_path, $"has no input {GraphInputs.Ids}, so it is no encoder of texts");
        }
    }

    private string FindOutput(out bool hasStates)
    {
        var floats = _session.Outputs.Where(output => output.Type == TensorType.Float32).ToList();
        var states = StateNames.Concat(floats.Where(output => output.Rank == 3).Select(output => output.Name))
            .FirstOrDefault(name => floats.Exists(output => output.Name == name && output.Rank is 0 or 3));
        hasStates = states is not null;
        return states ?? EmbeddingNames.FirstOrDefault(name => floats.Exists(output => output.Name == name))
            ?? throw new ModelFormatException(
                _path, $"has no output with hidden states or embeddings in float32; expected is one of {string.Join(", ", StateNames.Concat(EmbeddingNames))}, "
                + $"it has {string.Join(", ", _session.Outputs.Take(5).Select(output => JsonFailure.Cut(output.Name)))}");
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
}
