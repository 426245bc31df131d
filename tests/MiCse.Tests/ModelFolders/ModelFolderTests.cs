using MiCse.Files;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tests.Data;

namespace MiCse.Tests.ModelFolders;

public sealed class ModelFolderTests : IDisposable
{
    private const string Modules =
        """
        [{ "idx": 0, "path": "", "type": "sentence_transformers.models.Transformer" },
         { "idx": 1, "path": "1_Pooling", "type": "sentence_transformers.models.Pooling" }NEXT]
        """;

    private readonly TemporaryFolder _folder = new();

    public ModelFolderTests()
    {
        Copy("config.json");
        Copy("model.safetensors");
    }

    [Fact]
    public void A_bare_folder_is_pooled_as_miCSE_was_published()
    {
        var folder = ModelFolder.Open(_folder.Path);
        Assert.Equal(new PoolingChoice(Pooling.ClsBeforePooler, false, "default of miCSE (no pooling file)"), folder.Pooling);
        Assert.Equal(64, folder.MaxTokens);
        Assert.Equal("the only weight file", folder.WeightsReason);
        Assert.Equal(new FileInfo(_folder.File("model.safetensors")).Length, folder.WeightsByteCount);
        Assert.Null(folder.License);
    }

    [Fact]
    public void Safetensors_are_preferred()
    {
        Copy("pytorch_model.bin");
        var folder = ModelFolder.Open(_folder.Path);
        Assert.EndsWith("model.safetensors", folder.WeightsPath, StringComparison.Ordinal);
        Assert.Equal("preferred to pytorch_model.bin", folder.WeightsReason);
        using var checkpoint = folder.OpenCheckpoint();
        Assert.Contains(WeightNames.WordEmbeddings, checkpoint.Tensors.Keys);
    }

    [Fact]
    public void The_size_of_shards_is_their_sum()
    {
        var folder = ModelFolder.Open(Fixture.Path("bert-random", "sharded"));
        Assert.Equal(Directory.GetFiles(folder.Path, "*.safetensors").Sum(file => new FileInfo(file).Length), folder.WeightsByteCount);
    }

    [Theory]
    [InlineData("""{ "word_embedding_dimension": 64, "pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false }""", Pooling.ClsBeforePooler)]
    [InlineData("""{ "word_embedding_dimension": 64, "pooling_mode_cls_token": false, "pooling_mode_mean_tokens": true }""", Pooling.Mean)]
    [InlineData("""{ "word_embedding_dimension": 64 }""", Pooling.Mean)]
    [InlineData("""{ "embedding_dimension": 64, "pooling_mode": "cls" }""", Pooling.ClsBeforePooler)]
    [InlineData("""{ "embedding_dimension": 64, "pooling_mode": "Mean" }""", Pooling.Mean)]
    public void The_pooling_file_is_honoured(string json, Pooling expected)
    {
        WritePooling(json);
        Assert.Equal(new PoolingChoice(expected, false, "1_Pooling/config.json"), ModelFolder.Open(_folder.Path).Pooling);
    }

    [Theory]
    [InlineData("""{ "pooling_mode_attention": true, "pooling_mode_mean_tokens": false }""", "the pooling attention; known are cls, max, mean, mean_sqrt_len_tokens, weightedmean, lasttoken")]
    [InlineData("""{ "pooling_mode": "median" }""", "the pooling median")]
    [InlineData("""{ "pooling_mode": ["mean", "median"] }""", "the pooling median")]
    [InlineData("""{ "pooling_mode": 3 }""", "pooling_mode is 3")]
    [InlineData("""{ "pooling_mode_mean_tokens": false }""", "switches no pooling on")]
    [InlineData("""{ "word_embedding_dimension": 768 }""", "pools vectors of 768 dimensions, but hidden_size in config.json is 64")]
    public void Another_pooling_is_refused_by_name(string json, string expected)
    {
        WritePooling(json);
        AssertRefused(expected);
    }

    [Theory]
    [InlineData("""{ "pooling_mode_cls_token": true, "pooling_mode_mean_tokens": true }""", Pooling.ClsBeforePooler, Pooling.Mean)]
    [InlineData("""{ "pooling_mode_cls_token": true }""", Pooling.ClsBeforePooler, Pooling.Mean)]
    [InlineData("""{ "pooling_mode_lasttoken": true, "pooling_mode_weightedmean_tokens": true, "pooling_mode_max_tokens": true, "pooling_mode_mean_tokens": false }""", Pooling.Max, Pooling.WeightedMean, Pooling.LastToken)]
    [InlineData("""{ "pooling_mode": ["mean_sqrt_len_tokens", "max"] }""", Pooling.Max, Pooling.MeanSqrtLength)]
    public void Modes_stand_side_by_side_in_one_order(string json, params Pooling[] expected)
    {
        WritePooling(json);
        var folder = ModelFolder.Open(_folder.Path);
        Assert.Equal(expected, folder.Pooling.Beside.Prepend(folder.Pooling.Pooling));
        Assert.Equal(64 * expected.Length, folder.Dimensions);
    }

    [Fact]
    public void A_Normalize_module_normalises()
    {
        WritePooling("""{ "pooling_mode": "mean" }""", """, { "path": "2_Normalize", "type": "sentence_transformers.models.Normalize" }""");
        Assert.True(ModelFolder.Open(_folder.Path).Pooling.Normalize);
    }

    [Fact]
    public void Another_module_is_refused_by_name()
    {
        WritePooling("""{ "pooling_mode": "mean" }""", """, { "path": "2_LSTM", "type": "sentence_transformers.models.LSTM" }""");
        AssertRefused("the module 'sentence_transformers.models.LSTM' as number 2");
    }

    [Fact]
    public void A_module_outside_the_folder_is_refused()
    {
        File.WriteAllText(_folder.File("modules.json"), """[{ "path": "../elsewhere", "type": "sentence_transformers.models.Transformer" }]""");
        AssertRefused("'../elsewhere', which is not directly inside");
    }

    [Fact]
    public void The_transformer_may_lie_deeper()
    {
        var inner = Directory.CreateDirectory(_folder.File("0_Transformer")).FullName;
        File.Move(_folder.File("config.json"), Path.Combine(inner, "config.json"));
        File.Move(_folder.File("model.safetensors"), Path.Combine(inner, "model.safetensors"));
        File.WriteAllText(_folder.File("modules.json"), """[{ "path": "0_Transformer", "type": "sentence_transformers.models.Transformer" }]""");
        var folder = ModelFolder.Open(_folder.Path);
        Assert.Equal(inner, folder.TransformerPath);
        Assert.Equal(Path.Combine(inner, "model.safetensors"), folder.WeightsPath);
    }

    [Theory]
    [InlineData("mean-last-two", Pooling.MeanOfLastTwo)]
    [InlineData("cls", Pooling.Cls)]
    public void The_mark_in_config_json_wins(string name, Pooling expected)
    {
        WritePooling("""{ "pooling_mode": "mean" }""");
        Mark(name);
        Assert.Equal(new PoolingChoice(expected, false, "micse_pooling in config.json"), ModelFolder.Open(_folder.Path).Pooling);
    }

    [Fact]
    public void An_unknown_mark_is_refused()
    {
        Mark("median");
        AssertRefused("micse_pooling is 'median'; known are cls-before-pooler, cls, mean, mean-last-two, mean-first-last, max, ");
    }

    [Theory]
    [InlineData("tokenizer_config.json", """{ "model_max_length": 32 }""", 32)]
    [InlineData("tokenizer_config.json", """{ "model_max_length": 1000000000000000019884624838656 }""", 64)]
    [InlineData("tokenizer_config.json", """{ "model_max_length": 512 }""", 64)]
    [InlineData("sentence_bert_config.json", """{ "max_seq_length": 48, "do_lower_case": false }""", 48)]
    [InlineData("sentence_bert_config.json", """{ "max_seq_length": null }""", 64)]
    [InlineData("sentence_bert_config.json", """{ "max_seq_length": 0 }""", 64)]
    [InlineData("tokenizer_config.json", """{ "max_len": 32 }""", 32)]
    [InlineData("tokenizer_config.json", """{ "max_len": 32, "model_max_length": 40 }""", 40)]
    [InlineData("sentence_roberta_config.json", """{ "max_seq_length": 48 }""", 48)]
    [InlineData("sentence_distilbert_config.json", """{ "max_seq_length": 48 }""", 48)]
    [InlineData("sentence_camembert_config.json", """{ "max_seq_length": 48 }""", 48)]
    [InlineData("sentence_albert_config.json", """{ "max_seq_length": 48 }""", 48)]
    [InlineData("sentence_xlm-roberta_config.json", """{ "max_seq_length": 48 }""", 48)]
    [InlineData("sentence_xlnet_config.json", """{ "max_seq_length": 48 }""", 48)]
    public void The_limit_of_a_folder_is_read(string file, string json, int expected)
    {
        File.WriteAllText(_folder.File(file), json);
        Assert.Equal(expected, ModelFolder.Open(_folder.Path).MaxTokens);
    }

    [Theory]
    [InlineData(16, 48, 48)]
    [InlineData(48, 16, 16)]
    [InlineData(16, 4000, 64)]
    public void What_sentence_transformers_says_replaces_what_the_tokenizer_says(int tokenizer, int sequence, int expected)
    {
        File.WriteAllText(_folder.File("tokenizer_config.json"), $$"""{ "model_max_length": {{tokenizer}} }""");
        File.WriteAllText(_folder.File("sentence_bert_config.json"), $$"""{ "max_seq_length": {{sequence}} }""");
        Assert.Equal(expected, ModelFolder.Open(_folder.Path).MaxTokens);
    }

    [Fact]
    public void The_first_name_of_the_settings_file_counts()
    {
        File.WriteAllText(_folder.File("sentence_roberta_config.json"), """{ "max_seq_length": 16 }""");
        File.WriteAllText(_folder.File("sentence_bert_config.json"), """{ "max_seq_length": 48 }""");
        Assert.Equal(48, ModelFolder.Open(_folder.Path).MaxTokens);
    }

    [Theory]
    [InlineData("")]
    [InlineData("""{ "do_lower_case": false }""")]
    [InlineData("""{ "do_lower_case": true }""")]
    public void Lower_casing_is_done_whatever_the_tokenizer_does(string tokenizer)
    {
        File.WriteAllText(_folder.File("sentence_bert_config.json"), """{ "do_lower_case": true }""");
        if (tokenizer.Length > 0)
        {
            File.WriteAllText(_folder.File("tokenizer_config.json"), tokenizer);
        }

        Assert.Equal("the cat", ModelFolder.Open(_folder.Path).Preparation.Apply("The CAT"));
    }

    [Theory]
    [InlineData("my_code.modeling.Transformer")]
    [InlineData("Transformer")]
    [InlineData("sentence_transformersX.models.Transformer")]
    public void A_class_of_somebody_else_is_refused_whatever_its_last_part(string type)
    {
        File.WriteAllText(_folder.File("modules.json"), $$"""[{ "path": "", "type": "{{type}}" }]""");
        AssertRefused($"the module '{type}'");
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("modules.json")]
    [InlineData("model.safetensors")]
    [InlineData("config_sentence_transformers.json")]
    [InlineData("sentence_bert_config.json")]
    public void A_Git_LFS_pointer_is_named(string file)
    {
        File.WriteAllText(_folder.File(file), "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 90868376\n");
        var refusal = Assert.Throws<ModelFormatException>(() => ModelFolder.Open(_folder.Path).OpenCheckpoint());
        Assert.Equal(_folder.File(file), refusal.Path);
        Assert.Contains("is a Git LFS pointer, not the file itself: run `git lfs pull`", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Prompts_are_read_and_the_default_one_is_put_before_every_text()
    {
        File.WriteAllText(_folder.File("config_sentence_transformers.json"), """{ "prompts": { "query": "query: ", "passage": "" }, "default_prompt_name": "query", "similarity_fn_name": "dot" }""");
        File.WriteAllText(_folder.File("modules.json"), """[{ "path": "", "type": "sentence_transformers.models.Transformer" }]""");
        var folder = ModelFolder.Open(_folder.Path);
        Assert.Equal(["query", "passage"], folder.Prompts.ByName.Keys);
        Assert.Equal("dot", folder.Prompts.Similarity);
        Assert.Equal("query: a cat", folder.Preparation.Apply("a cat \n"));
        Assert.Equal("query:", folder.Preparation.Apply(" "));
    }

    [Theory]
    [InlineData("""{ "prompts": null, "default_prompt_name": null, "similarity_fn_name": null }""")]
    [InlineData("""{ "__version__": { "sentence_transformers": "2.2.0" } }""")]
    public void No_prompts_leave_texts_as_they_are(string json)
    {
        File.WriteAllText(_folder.File("config_sentence_transformers.json"), json);
        Assert.Equal(" a Cat", ModelFolder.Open(_folder.Path).Preparation.Apply(" a Cat"));
    }

    [Theory]
    [InlineData("""{ "prompts": { "query": "q" }, "default_prompt_name": "passage" }""", "default_prompt_name is 'passage', but the prompts are query")]
    [InlineData("""{ "prompts": [] }""", "prompts is []; expected is an object")]
    [InlineData("""{ "prompts": { "query": 3 } }""", "the prompt query is 3; expected is a string")]
    [InlineData("""{ "similarity_fn_name": "angle" }""", "similarity_fn_name is 'angle'; known are cosine, dot, euclidean, manhattan")]
    [InlineData("""{ "prompts": { "\ud800": "q" } }""", "line 1: a string is not valid Unicode")]
    public void Broken_prompts_are_refused(string json, string expected)
    {
        File.WriteAllText(_folder.File("config_sentence_transformers.json"), json);
        AssertRefused(expected);
    }

    [Theory]
    [InlineData("---\nlanguage: en\nlicense: apache-2.0\n---\n# Model\n", "apache-2.0")]
    [InlineData("---\nlicense: other\nlicense_name: \"our-own\"\n---\n", "our-own")]
    [InlineData("# Model\nlicense: mit\n", null)]
    [InlineData("---\nlicense: mit\n", null)]
    public void The_licence_is_in_the_front_matter(string readme, string? expected)
    {
        File.WriteAllText(_folder.File("README.md"), readme);
        Assert.Equal(expected, ModelFolder.Open(_folder.Path).License);
    }

    [Fact]
    public void A_folder_without_weights_says_what_is_expected()
    {
        File.Move(_folder.File("model.safetensors"), _folder.File("tf_model.h5"));
        AssertRefused("has no weights; expected is one of model.safetensors", "tf_model.h5 cannot be read");
    }

    [Fact]
    public void A_folder_without_config_is_no_model()
    {
        File.Delete(_folder.File("config.json"));
        AssertRefused("has no config.json");
    }

    [Fact]
    public void A_missing_folder_and_a_file_are_told_apart()
    {
        Assert.Contains("there is no such folder", Assert.Throws<ModelFormatException>(() => ModelFolder.Open(_folder.File("no"))).Message, StringComparison.Ordinal);
        Assert.Contains("is a file", Assert.Throws<ModelFormatException>(() => ModelFolder.Open(_folder.File("config.json"))).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private void Copy(string name) => File.Copy(Fixture.Path("bert-random", name), _folder.File(name));

    private void Mark(string name)
    {
        var json = File.ReadAllText(_folder.File("config.json"));
        File.WriteAllText(_folder.File("config.json"), json.Insert(json.IndexOf('{') + 1, $"\"micse_pooling\": \"{name}\","));
    }

    private void WritePooling(string json, string next = "")
    {
        File.WriteAllText(_folder.File("modules.json"), Modules.Replace("NEXT", next, StringComparison.Ordinal));
        Directory.CreateDirectory(_folder.File("1_Pooling"));
        File.WriteAllText(_folder.File("1_Pooling/config.json"), json);
    }

    private void AssertRefused(params string[] expected)
    {
        var refusal = Assert.Throws<ModelFormatException>(() => ModelFolder.Open(_folder.Path));
        Assert.All(expected, part => Assert.Contains(part, refusal.Message, StringComparison.Ordinal));
    }
}
