using System.Text.Json.Nodes;

namespace MiCse.Models;

/// <summary>
/// ALBERT (Lan et al. 2020): BERT with factorized embeddings, whose layers share the weights of a few groups. A group of several layers is computed as a whole
/// wherever the paper has a layer; here each of its layers counts.
/// </summary>
/// <remarks>https://github.com/huggingface/transformers/blob/v4.22.0/src/transformers/models/albert/modeling_albert.py</remarks>
internal sealed class Albert : ModelFamily
{
    public override string ModelType => "albert";

    public override string ClassPrefix => "Albert";

    public override ConfigKeys Keys { get; } = new()
    {
        EmbeddingSize = "embedding_size",
        Activation = "hidden_act",
        DefaultActivation = Activation.GeluTanh,
        DefaultDropout = 0,
        Constants = [ConfigKeys.AbsolutePositions],
    };

    public override FamilySettings DefaultSettings { get; } = new Settings(Groups: 1, LayersInGroup: 1);

    public override WeightMap Names => NamesFor(layersInGroup: 1);

    public override WeightMap NamesOf(EncoderShape shape) => NamesFor(shape.SettingsAs<Settings>().LayersInGroup);

    public override EncoderPlan Plan(EncoderShape shape)
    {
        var (groups, size) = shape.SettingsAs<Settings>();
        var repetitions = shape.Layers / size;
        return new EncoderPlan
        {
            EmbeddingSize = shape.EmbeddingSize ?? shape.HiddenSize,
            Activation = shape.Activation,
            FeedForwardDropout = FeedForwardDropout.None,
            // Divided twice, in floating-point numbers, as the original does it.
            SharedWeights = layer => (int)(layer / size / ((double)repetitions / groups)) * size + layer % size,
        };
    }

    public override EncoderShape ReadConfig(ConfigReader json)
    {
        var shape = json.ReadShape(this);
        var settings = new Settings(
            json.Integer("num_hidden_groups", 1, 1, Math.Max(1, shape.Layers)), json.Integer("inner_group_num", 1, 1, ConfigReader.MaximumLayers / Math.Max(1, shape.Layers)));
        return shape with { Settings = settings, Layers = shape.Layers * settings.LayersInGroup };
    }

    public override IEnumerable<(string Key, JsonNode? Value)> SettingsInConfig(EncoderShape shape)
    {
        var (groups, size) = shape.SettingsAs<Settings>();
        return [(Keys.Layers, shape.Layers / size), ("num_hidden_groups", groups), ("inner_group_num", size)];
    }

    private static WeightMap NamesFor(int layersInGroup) => new()
    {
        Prefix = "albert.",
        Layers = "encoder.albert_layer_groups.",
        Groups = new WeightMap.LayerGroups(".albert_layers.", layersInGroup),
        Modules =
        [
            ("embeddings.projection", "encoder.embedding_hidden_mapping_in"),
            ("attention.self.query", "attention.query"),
            ("attention.self.key", "attention.key"),
            ("attention.self.value", "attention.value"),
            ("attention.output.dense", "attention.dense"),
            ("attention.output.LayerNorm", "attention.LayerNorm"),
            ("intermediate.dense", "ffn"),
            ("output.dense", "ffn_output"),
            ("output.LayerNorm", "full_layer_layer_norm"),
            ("pooler.dense", "pooler"),
        ],
        MaskedLanguageModelHead = new("predictions.dense", "predictions.LayerNorm", "predictions.bias"),
    };

    private sealed record Settings(int Groups, int LayersInGroup) : FamilySettings;
}
