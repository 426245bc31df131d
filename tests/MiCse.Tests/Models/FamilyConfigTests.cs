using MiCse.Checkpoints;
using MiCse.Files;
using MiCse.Models;
using MiCse.Tests.Data;
using MiCse.Weights;

namespace MiCse.Tests.Models;

/// <summary>What the config.json and the weights of each family are read as.</summary>
public sealed class FamilyConfigTests : IDisposable
{
    private const string Sizes =
        """ "vocab_size": 100, "hidden_size": 12, "num_hidden_layers": 4, "num_attention_heads": 3, "intermediate_size": 20, "max_position_embeddings": 32, "pad_token_id": 0 """;

    private const string NomicSizes =
        """ "vocab_size": 100, "n_embd": 12, "n_layer": 4, "n_head": 3, "n_inner": 20, "n_positions": 32, "rotary_emb_fraction": 1.0, "activation_function": "swiglu" """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("distilbert")]
    [InlineData("mpnet")]
    [InlineData("xlm-roberta")]
    [InlineData("modernbert")]
    [InlineData("electra")]
    [InlineData("albert")]
    [InlineData("nomic-bert")]
    public void A_published_kind_of_folder_is_read_completely_and_written_alike(string name)
    {
        var folder = Fixture.Shared("fixtures", "families", name);
        var shape = EncoderShape.Load(Path.Combine(folder, "config.json"));
        Assert.Equal(shape, Load(shape.ToJson()));

        using var checkpoint = Checkpoint.Open(Path.Combine(folder, "model.safetensors"));
        var weights = EncoderWeights.From(checkpoint, shape);
        var names = shape.Family.NamesOf(shape);
        var written = new CheckpointNames(names).ToFile(weights.Tensors.Select(weight => weight.Value.WithName(weight.Key))).ToDictionary(tensor => tensor.Name);
        Assert.All(written.Values, tensor =>
        {
            var original = checkpoint.Tensors.GetValueOrDefault(tensor.Name) ?? checkpoint.Tensors[names.Prefix + tensor.Name];
            Assert.Equal(original.Shape, tensor.Shape);
            using var stream = new MemoryStream();
            tensor.WriteTo(stream);
            Assert.Equal(original.Bytes, stream.ToArray());
        });
    }

    [Fact]
    public void ModernBERT_says_its_layers_in_two_ways()
    {
        var older = Load($$"""{ "model_type": "modernbert", {{Sizes}}, "global_attn_every_n_layers": 2, "local_attention": 9, "global_rope_theta": 500, "local_rope_theta": 50 }""");
        Assert.Equal([null, 4, null, 4], Enumerable.Range(0, 4).Select(older.Plan.Window!));
        Assert.Equal([500, 50, 500, 50], Enumerable.Range(0, 4).Select(older.Plan.Rotary!.Base));

        var newer = Load(
            $$"""
            { "model_type": "modernbert", {{Sizes}}, "global_attn_every_n_layers": 2, "local_attention": 9,
              "layer_types": ["full_attention", "sliding_attention", "full_attention", "sliding_attention"],
              "rope_parameters": { "full_attention": { "rope_type": "default", "rope_theta": 500.0 }, "sliding_attention": { "rope_theta": 50 } } }
            """);
        Assert.Equal(older, newer);
        Assert.Equal(newer, Load(newer.ToJson()));

        var irregular = Load(
            $$"""
            { "model_type": "modernbert", {{Sizes}}, "layer_types": ["sliding_attention", "sliding_attention", "full_attention", "sliding_attention"], "norm_bias": true,
              "attention_bias": true, "mlp_bias": true }
            """);
        Assert.Equal([64, 64, null, 64], Enumerable.Range(0, 4).Select(irregular.Plan.Window!));
        Assert.Equal((Biases.All, true), (irregular.Plan.Biases, irregular.Plan.NormBiases));
        Assert.Equal(irregular, Load(irregular.ToJson()));
    }

    [Theory]
    [InlineData("", 160_000, 10_000)]
    [InlineData(", \"local_rope_theta\": null", 160_000, 160_000)]
    [InlineData(", \"global_rope_theta\": 7.5, \"local_rope_theta\": null", 7.5, 7.5)]
    public void A_local_base_that_is_null_is_the_global_one(string settings, double global, double local)
    {
        var plan = Load($$"""{ "model_type": "modernbert", {{Sizes}} {{settings}} }""").Plan;
        Assert.Equal((global, local, local, global), (plan.Rotary!.Base(0), plan.Rotary.Base(1), plan.Rotary.Base(2), plan.Rotary.Base(3)));
    }

    [Fact]
    public void NomicBERT_rounds_its_sizes_up()
    {
        var shape = Load($$"""{ "model_type": "nomic_bert", {{NomicSizes}}, "pad_vocab_size_multiple": 64, "type_vocab_size": 0, "mlp_fc2_bias": false }""");
        Assert.Equal((128, 256, 0), (shape.VocabularySize, shape.IntermediateSize, shape.TypeVocabularySize));
        Assert.Equal((TokenTypes.None, Biases.Attention | Biases.Intermediate, 10_000), (shape.Plan.TokenTypes, shape.Plan.Biases, shape.Plan.Rotary!.Base(0)));
        Assert.Equal(shape, Load(shape.ToJson()));
    }

    [Fact]
    public void NomicBERT_without_an_inner_size_takes_eight_thirds_of_the_hidden_size() => Assert.Equal(
        512, Load($$"""{ "model_type": "nomic_bert", {{NomicSizes.Replace("\"n_inner\": 20", "\"n_inner\": null", StringComparison.Ordinal).Replace("\"n_embd\": 12", "\"n_embd\": 120", StringComparison.Ordinal)}} }""").IntermediateSize);

    [Theory]
    [InlineData("\"rotary_emb_base\": 1000, \"rotary_scaling_factor\": 2, \"max_trained_positions\": 16")]
    [InlineData("\"max_trained_positions\": 16, \"rope_parameters\": { \"rope_type\": \"dynamic\", \"rope_theta\": 1000, \"factor\": 2.0 }")]
    public void NomicBERTs_base_grows_with_long_texts(string settings)
    {
        var shape = Load($$"""{ "model_type": "nomic_bert", {{NomicSizes}}, {{settings}} }""");
        var rotary = shape.Plan.Rotary!;
        Assert.Equal(1000, rotary.BaseFor(0, 16, 4));
        Assert.Equal(1000 * Math.Pow(2.0 * 24 / 16 - 1, 4 / 2.0), rotary.BaseFor(0, 24, 4), 1e-9);
        Assert.Equal(shape, Load(shape.ToJson()));
    }

    [Fact]
    public void ALBERT_shares_the_weights_of_groups()
    {
        var shape = Load($$"""{ "model_type": "albert", {{Sizes}}, "num_hidden_groups": 2, "inner_group_num": 3, "embedding_size": 7 }""");
        Assert.Equal((12, 7, Activation.GeluTanh), (shape.Layers, shape.Plan.EmbeddingSize, shape.Plan.Activation));
        Assert.Equal([0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5], Enumerable.Range(0, 12).Select(shape.Plan.SharedWeights!));
        Assert.Equal([0, 1, 2, 3, 4, 5], WeightNames.LayersWithWeights(shape));
        var names = shape.Family.NamesOf(shape);
        Assert.Equal("encoder.albert_layer_groups.1.albert_layers.2.ffn_output.bias", names.FileName(WeightNames.Layer(5).Output.Bias));
        Assert.Equal([WeightNames.Layer(5).Output.Bias], names.Canonical("encoder.albert_layer_groups.1.albert_layers.2.ffn_output.bias"));
        Assert.Equal(shape, Load(shape.ToJson()));
    }

    [Fact]
    public void Embeddings_of_the_hidden_size_are_projected_by_ALBERT_alone()
    {
        Assert.Equal(12, Load($$"""{ "model_type": "albert", {{Sizes}}, "embedding_size": 12 }""").Plan.EmbeddingSize);
        Assert.Null(Load($$"""{ "model_type": "electra", {{Sizes}}, "embedding_size": 12 }""").Plan.EmbeddingSize);
        Assert.Equal(128, Load($$"""{ "model_type": "electra", {{Sizes}} }""").Plan.EmbeddingSize);
    }

    [Fact]
    public void MPNet_counts_positions_from_1_whatever_its_padding_is()
    {
        var shape = Load($$"""{ "model_type": "mpnet", {{Sizes}}, "relative_attention_num_buckets": 40 }""");
        Assert.Equal((1, 40, 30), (shape.Plan.Positions!.PaddingId, shape.Plan.RelativeBias!.TableRows, shape.MaxTokens));
        Assert.Equal(shape, Load(shape.ToJson()));
    }

    [Fact]
    public void The_buckets_of_MPNet_are_the_references()
    {
        using var cases = Checkpoint.Open(Fixture.Shared("fixtures", "families", "mpnet", "cases.safetensors"));
        var name = cases.Tensors.Keys.Single(key => key.EndsWith("relative_position", StringComparison.Ordinal));
        var bucket = cases.Tensors[name.Replace("relative_position", "relative_bucket", StringComparison.Ordinal)];
        Assert.Equal(Integers(bucket), Integers(cases.Tensors[name]).Select(distance => RelativeBias.Default.Bucket(distance)));

        static int[] Integers(MiCse.Tensors.Tensor tensor) =>
            [.. System.Runtime.InteropServices.MemoryMarshal.Cast<byte, long>(tensor.Bytes).ToArray().Select(value => (int)value)];
    }

    [Theory]
    [InlineData("nomic_bert", "\"prenorm\": true", "prenorm is true (the value supported is false)")]
    [InlineData("nomic_bert", "\"causal\": true", "causal is true")]
    [InlineData("nomic_bert", "\"use_rms_norm\": true", "use_rms_norm is true")]
    [InlineData("nomic_bert", "\"rotary_emb_interleaved\": true", "rotary_emb_interleaved is true")]
    [InlineData("nomic_bert", "\"rotary_emb_fraction\": 0.5", "rotary_emb_fraction is 0.5 (the value supported is 1")]
    [InlineData("nomic_bert", "\"moe_every_n_layers\": 2", "moe_every_n_layers is 2")]
    [InlineData("nomic_bert", "\"activation_function\": \"geglu\"", "activation_function is \"geglu\" (the activation supported is \"swiglu\")")]
    [InlineData("nomic_bert", "\"rope_parameters\": { \"rope_type\": \"yarn\" }", "rope_parameters.rope_type is \"yarn\"")]
    [InlineData("modernbert", "\"hidden_activation\": \"relu\"", "hidden_activation is \"relu\" (the activation supported is \"gelu\")")]
    [InlineData("modernbert", "\"layer_types\": [\"full_attention\"]", "layer_types is not a list of 4")]
    [InlineData("modernbert", "\"layer_types\": [1, 2, 3, 4]", "layer_types is not a list of 4")]
    [InlineData("modernbert", "\"layer_types\": 3", "layer_types is 3 (expected is a list)")]
    [InlineData("modernbert", "\"rope_parameters\": [1]", "rope_parameters is [1] (expected is an object)")]
    [InlineData("modernbert", "\"rope_parameters\": { \"full_attention\": { \"rope_type\": \"linear\" } }", "rope_parameters.full_attention.rope_type is \"linear\"")]
    [InlineData("modernbert", "\"local_attention\": -1", "local_attention is -1")]
    [InlineData("modernbert", "\"norm_bias\": 1", "norm_bias is 1 (expected is true or false)")]
    [InlineData("modernbert", "\"hidden_size\": 9", "a head has 3 dimensions (hidden_size / num_attention_heads), which cannot be turned in pairs")]
    [InlineData("albert", "\"hidden_act\": \"mish\"", "hidden_act is \"mish\" (the activations supported are gelu, gelu_new")]
    [InlineData("albert", "\"num_hidden_groups\": 5", "num_hidden_groups is 5 (expected is a whole number from 1 to 4)")]
    [InlineData("mpnet", "\"relative_attention_num_buckets\": 16", "relative_attention_num_buckets is 16")]
    [InlineData("mpnet", "\"hidden_act\": \"relu\"", "hidden_act is \"relu\"")]
    public void What_is_not_computed_is_refused_by_name(string type, string setting, string expected)
    {
        var sizes = type == "nomic_bert" ? NomicSizes : Sizes;
        var key = setting[..(setting.IndexOf(':', StringComparison.Ordinal) + 1)];
        var others = sizes.Split(',').Where(size => !size.TrimStart().StartsWith(key, StringComparison.Ordinal));
        var refusal = Assert.Throws<ModelFormatException>(() => Load($$"""{ "model_type": "{{type}}", {{string.Join(',', others)}}, {{setting}} }"""));
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    private EncoderShape Load(string json)
    {
        File.WriteAllText(_folder.File("config.json"), json);
        return EncoderShape.Load(_folder.File("config.json"));
    }
}
