using System.Runtime.InteropServices;
using MiCse.Checkpoints;
using MiCse.Inference;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Vectors;
using MiCse.Weights;

namespace MiCse.Tests.Inference;

/// <summary>Families beside those of <see cref="TransformerGoldenTests"/> against the golden outputs of their references.</summary>
public class FamilyGoldenTests
{
    private static readonly string[] Families = ["distilbert", "mpnet", "xlm-roberta", "modernbert", "electra", "albert", "nomic-bert"];

    public static TheoryData<string, int> Cases => [.. Families.SelectMany(family => Enumerable.Range(0, 4).Select(index => (family, index)))];

    public static TheoryData<string> Folders => [.. Families];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Encoder_and_slow_twin_are_the_reference(string family, int index)
    {
        using var reference = new Reference(family, index);
        var (ids, mask, types, tokens) = (reference.Ids, reference.Mask, reference.Types, reference.Tokens);
        var weights = reference.Weights;
        using var encoder = new EncoderRun(weights, Pooling.Mean);
        using var cls = new EncoderRun(weights, Pooling.ClsBeforePooler);
        var output = encoder.Run(ids.Length / tokens, tokens, ids, mask, types);
        // Of a group of layers that ALBERT computes as one, the reference gives the last hidden state.
        var states = Enumerable.Range(0, weights.Config.Layers + 1).Count(layer => reference.Has($"hidden_states.{layer}"));
        var step = Math.Max(1, weights.Config.Layers / states);
        for (var layer = 0; layer < Math.Min(states, weights.Config.Layers); layer++)
        {
            Close.Assert(Attended(reference.Of($"hidden_states.{layer}").ToSingles()), Attended(output.HiddenStates[layer * step]), 5e-5);
        }

        Close.Assert(Attended(reference.Of("last_hidden_state").ToSingles()), Attended(output.HiddenStates[^1]), 5e-5);
        Close.Assert(reference.Of("pooled.mean").ToSingles(), output.Embeddings, 5e-5);
        Close.Assert(reference.Of("pooled.cls").ToSingles(), cls.Run(ids.Length / tokens, tokens, ids, mask, types).Embeddings, 5e-5);
        if (reference.Has("pooler_output"))
        {
            using var pooler = new EncoderRun(weights, Pooling.Cls);
            Close.Assert(reference.Of("pooler_output").ToSingles(), pooler.Run(ids.Length / tokens, tokens, ids, mask, types).Embeddings, 5e-5);
        }

        var twin = new SlowEncoder(weights);
        var (last, attentions) = (new List<double>(), new List<double[]>());
        for (var start = 0; start < ids.Length; start += tokens)
        {
            last.AddRange(twin.HiddenStates(ids.AsSpan(start, tokens), mask.AsSpan(start, tokens), types.AsSpan(start, tokens))[^1].SelectMany(token => token));
            attentions.AddRange(twin.Attentions);
        }

        Close.Assert(Attended(MemoryMarshal.Cast<byte, double>(reference.Of("last_hidden_state_f64").Bytes).ToArray()), Attended([.. last]), 1e-9);
        for (var layer = 0; reference.Has($"attentions.{layer}"); layer++)
        {
            var found = attentions.Where((_, place) => place % weights.Config.Layers == layer).SelectMany(row => row);
            Close.Assert(AttendedQueries(reference.Of($"attentions.{layer}").ToSingles()).Select(x => (double)x), AttendedQueries([.. found]), 1e-5);
        }

        // What stands at padding is a matter of the implementation.
        T[] Attended<T>(T[] values) => [.. values.Where((_, element) => mask[element / weights.Config.HiddenSize] != 0)];

        // [text, head, query, key]
        T[] AttendedQueries<T>(T[] values) =>
            [.. values.Where((_, element) => mask[element / (weights.Config.Heads * tokens * tokens) * tokens + element / tokens % tokens] != 0)];
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_text_has_the_same_bytes_in_any_batch_on_any_threads_and_in_int8_nearly_the_same_direction(string family)
    {
        using var reference = new Reference(family, 0);
        var config = reference.Weights.Config;
        var random = new Random(3);
        var texts = Enumerable.Range(0, 24).Select(index => RandomEncoder.Ids(random, config, 2 + index % (config.MaxTokens - 1))).ToArray();
        var exact = new EmbeddingMatrix(texts.Length, config.HiddenSize);
        foreach (var precision in (EncoderPrecision[])[EncoderPrecision.Float32, EncoderPrecision.Int8])
        {
            foreach (var pooling in (Pooling[])[Pooling.Mean, Pooling.ClsBeforePooler])
            {
                using var alone = new CpuEngine(reference.Weights, pooling, normalize: false, threads: 1, precision);
                using var shared = new CpuEngine(reference.Weights, pooling, normalize: false, threads: 3, precision);
                var together = alone.Encode(texts, Token);
                Assert.Equal(together.Values.ToArray(), shared.EncodeOnAllCores(texts, Token).Values.ToArray());
                Assert.All(Enumerable.Range(0, texts.Length), text =>
                {
                    Assert.Equal(together[text].ToArray(), alone.Encode([texts[text]], Token)[0].ToArray());
                    Assert.Equal(together[text].ToArray(), shared.EncodeOnAllCores([texts[text]], Token)[0].ToArray());
                });
                if (pooling == Pooling.Mean && precision == EncoderPrecision.Float32)
                {
                    together.Values.CopyTo(exact.Values);
                }
                else if (pooling == Pooling.Mean)
                {
                    Assert.NotEqual(exact.Values.ToArray(), together.Values.ToArray());
                    Assert.All(Enumerable.Range(0, texts.Length), text => Assert.InRange(Similarity.Cosine(exact[text], together[text]), 0.99, 1));
                }
            }
        }
    }

    /// <summary>A case of a family's folder.</summary>
    private sealed class Reference : IDisposable
    {
        private readonly Checkpoint _model;
        private readonly Checkpoint _cases;
        private readonly string _case;

        public Reference(string family, int index)
        {
            var folder = Fixture.Shared("fixtures", "families", family);
            _case = $"case{index}.";
            _model = Checkpoint.Open(Path.Combine(folder, "model.safetensors"));
            _cases = Checkpoint.Open(Path.Combine(folder, "cases.safetensors"));
            Weights = EncoderWeights.From(_model, EncoderShape.Load(Path.Combine(folder, "config.json")));
            (Ids, Mask) = (Integers("input_ids"), Integers("attention_mask"));
            Types = Has("token_type_ids") ? Integers("token_type_ids") : new int[Ids.Length];
            Tokens = (int)Of("input_ids").Shape[1];
        }

        public EncoderWeights Weights { get; }

        public int[] Ids { get; }

        public int[] Mask { get; }

        public int[] Types { get; }

        public int Tokens { get; }

        public bool Has(string name) => _cases.Tensors.ContainsKey(_case + name);

        public Tensor Of(string name) => _cases.Tensors[_case + name];

        public void Dispose()
        {
            _model.Dispose();
            _cases.Dispose();
        }

        private int[] Integers(string name) => [.. MemoryMarshal.Cast<byte, long>(Of(name).Bytes).ToArray().Select(value => (int)value)];
    }
}
