using System.Net;
using MiCse.Tests.ModelFolders;

namespace MiCse.Server.Tests.Dialects;

public sealed class OllamaAndCohereTests(SharedServer shared)
{
    private readonly ServerRun _server = shared.Run;

    [Fact]
    public async Task Ollama_encodes_texts()
    {
        var answer = (await _server.PostAsync("/api/embed", """{"model": "micse-small-en:latest", "input": ["one", "two"], "options": {}, "keep_alive": "5m", "dimensions": 8}""")).Require(HttpStatusCode.OK).Json;

        Assert.Equal("micse-small-en:latest", answer.GetProperty("model").GetString());
        Assert.Equal([shared.Unit("one", 8), shared.Unit("two", 8)], answer.GetProperty("embeddings").EnumerateArray().Select(Answer.Floats));
        Assert.True(answer.GetProperty("total_duration").GetInt64() > 0);
        Assert.Equal(shared.Encoder.Encode(["one", "two"]).TokenCounts.Sum(), answer.GetProperty("prompt_eval_count").GetInt32());
    }

    [Theory]
    [InlineData("""{"model": "micse-small-en"}""")]
    [InlineData("""{"model": "micse-small-en", "input": []}""")]
    [InlineData("""{"model": "micse-small-en", "input": ""}""")]
    public async Task Ollama_answers_nothing_with_nothing(string body) =>
        Assert.Empty((await _server.PostAsync("/api/embed", body)).Require(HttpStatusCode.OK).Json.GetProperty("embeddings").EnumerateArray());

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(100_000)]
    public async Task Ollama_leaves_dimensions_alone_that_the_model_does_not_have(int dimensions)
    {
        var answer = (await _server.PostAsync("/api/embed", $$"""{"model": "micse-small-en", "input": "one", "dimensions": {{dimensions}}}""")).Require(HttpStatusCode.OK).Json;

        Assert.Equal(shared.Unit("one"), Answer.Floats(answer.GetProperty("embeddings")[0]));
    }

    [Fact]
    public async Task The_older_route_of_Ollama_takes_one_text()
    {
        var answer = (await _server.PostAsync("/api/embeddings", """{"model": "micse-small-en", "prompt": "one"}""")).Require(HttpStatusCode.OK).Json;

        Assert.Equal(shared.Unit("one"), Answer.Floats(answer.GetProperty("embedding")));
    }

    [Theory]
    [InlineData("/api/embed", """{"model": "llama3", "input": "a"}""", 404)]
    [InlineData("/api/embeddings", """{"model": "llama3", "prompt": "a"}""", 404)]
    [InlineData("/api/show", """{"model": "llama3"}""", 404)]
    [InlineData("/api/embed", """{"input": "a"}""", 400)]
    [InlineData("/api/embed", """{"model": "micse-small-en", "input": [1, 2]}""", 400)]
    [InlineData("/api/generate", """{"model": "micse-small-en"}""", 400)]
    [InlineData("/api/pull", """{"model": "llama3"}""", 403)]
    public async Task Ollama_says_no_in_one_field(string route, string body, int status)
    {
        var answer = await _server.PostAsync(route, body);

        Assert.Equal(status, (int)answer.Status);
        Assert.NotEmpty(answer.Json.GetProperty("error").GetString()!);
    }

    [Fact]
    public async Task Ollama_tells_of_models()
    {
        var tags = (await _server.GetAsync("/api/tags")).Require(HttpStatusCode.OK).Json.GetProperty("models")[0];
        var running = (await _server.GetAsync("/api/ps")).Require(HttpStatusCode.OK).Json.GetProperty("models")[0];
        var show = (await _server.PostAsync("/api/show", """{"model": "micse-small-en"}""")).Require(HttpStatusCode.OK).Json;

        Assert.Equal("micse-small-en:latest", tags.GetProperty("name").GetString());
        Assert.Equal("bert", running.GetProperty("details").GetProperty("family").GetString());
        Assert.Equal("embedding", show.GetProperty("capabilities")[0].GetString());
        Assert.Equal(384, show.GetProperty("model_info").GetProperty("bert.embedding_length").GetInt32());
        Assert.NotEmpty((await _server.GetAsync("/api/version")).Json.GetProperty("version").GetString()!);
    }

    [Fact]
    public async Task Ollama_tells_how_large_a_model_is()
    {
        var tags = (await _server.GetAsync("/api/tags")).Require(HttpStatusCode.OK).Json.GetProperty("models")[0].GetProperty("details");
        var show = (await _server.PostAsync("/api/show", """{"model": "micse-small-en"}""")).Require(HttpStatusCode.OK).Json;

        foreach (var details in (System.Text.Json.JsonElement[])[tags, show.GetProperty("details")])
        {
            Assert.Equal("11.73M", details.GetProperty("parameter_size").GetString());
            Assert.Equal("F16", details.GetProperty("quantization_level").GetString());
        }

        Assert.Equal(shared.Encoder.Folder.CountParameters(), show.GetProperty("model_info").GetProperty("general.parameter_count").GetInt64());
    }

    [Fact]
    public async Task A_table_of_embeddings_is_a_model_too()
    {
        var folder = Directory.CreateTempSubdirectory("micse-server-").FullName;
        StaticFolder.WriteModel2Vec(folder, normalize: true);
        await using (var server = await ServerRun.StartAsync(options => options.Models.Add(new ServedModel("table", folder))))
        {
            var tags = (await server.GetAsync("/api/tags")).Require(HttpStatusCode.OK).Json.GetProperty("models")[0].GetProperty("details");
            var show = (await server.PostAsync("/api/show", """{"model": "table"}""")).Require(HttpStatusCode.OK).Json.GetProperty("model_info");

            Assert.Equal("static", tags.GetProperty("family").GetString());
            Assert.Equal(StaticFolder.Table.Length, show.GetProperty("general.parameter_count").GetInt32());
            (await server.GetAsync("/info")).Require(HttpStatusCode.OK);
            var tokens = (await server.PostAsync("/tokenize", """{"inputs": "The Cats sat"}""")).Require(HttpStatusCode.OK).Json[0].EnumerateArray();
            Assert.Equal(["The", "Cat", "s", "sat"], tokens.Select(token => token.GetProperty("text").GetString()));
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Ollama_and_Cohere_list_as_many_cut_texts_as_the_header()
    {
        var folder = TinyModel.Write(Directory.CreateTempSubdirectory("micse-server-").FullName);
        await using var server = await ServerRun.StartAsync(options => options.Models.Add(new ServedModel("tiny", folder)));
        var texts = System.Text.Json.JsonSerializer.Serialize(Enumerable.Repeat(string.Concat(Enumerable.Repeat("snow ", 70)), 101));

        var ollama = (await server.PostAsync("/api/embed", $$"""{"model": "tiny", "input": {{texts}}}""")).Require(HttpStatusCode.OK);
        var cohere = (await server.PostAsync("/v2/embed", $$"""{"texts": {{texts}}}""")).Require(HttpStatusCode.OK);

        Assert.EndsWith(",99,...", ollama.Headers["x-truncated-texts"], StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, 100), ollama.Json.GetProperty("truncated").EnumerateArray().Select(index => index.GetInt32()));
        var warning = cohere.Json.GetProperty("meta").GetProperty("warnings")[0].GetString();
        Assert.StartsWith("101 of the texts", warning, StringComparison.Ordinal);
        Assert.Contains(",99,... (counted from 0)", warning, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Cohere_gets_every_type_at_once()
    {
        var answer = (await _server.PostAsync(
            "/v2/embed",
            """{"model": "micse-small-en", "texts": ["one", "two"], "input_type": "search_document", "embedding_types": ["float", "int8", "uint8", "binary", "ubinary", "base64"], "output_dimension": 16, "truncate": "END"}"""))
            .Require(HttpStatusCode.OK).Json;

        var embeddings = answer.GetProperty("embeddings");
        Assert.Equal([shared.Unit("one", 16), shared.Unit("two", 16)], embeddings.GetProperty("float").EnumerateArray().Select(Answer.Floats));
        Assert.Equal([16, 16, 2, 2], ((string[])["int8", "uint8", "binary", "ubinary"]).Select(type => embeddings.GetProperty(type)[1].GetArrayLength()));
        Assert.Equal(64, embeddings.GetProperty("base64")[0].GetBytesFromBase64().Length);
        Assert.Equal("two", answer.GetProperty("texts")[1].GetString());
        Assert.True(answer.GetProperty("meta").GetProperty("billed_units").GetProperty("input_tokens").GetInt32() > 0);
    }

    [Fact]
    public async Task Cohere_warns_of_what_was_cut_at_either_end()
    {
        var text = string.Concat(Enumerable.Repeat("rain ", 300)) + string.Concat(Enumerable.Repeat("guitar ", 254));

        var start = (await _server.PostAsync("/v2/embed", $$"""{"texts": ["a", "{{text}}"], "truncate": "START"}""")).Require(HttpStatusCode.OK).Json;

        Assert.Contains("1 of the texts", start.GetProperty("meta").GetProperty("warnings")[0].GetString()!, StringComparison.Ordinal);
        Assert.Equal(shared.Unit(string.Concat(Enumerable.Repeat("guitar ", 254))), Answer.Floats(start.GetProperty("embeddings").GetProperty("float")[1]));
        (await _server.PostAsync("/v2/embed", $$"""{"texts": ["{{text}}"], "truncate": "NONE"}""")).Require(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Cohere_gets_numbers_when_it_asks_for_no_type()
    {
        var answer = (await _server.PostAsync("/v2/embed", """{"texts": ["one"], "embedding_types": []}""")).Require(HttpStatusCode.OK).Json;

        Assert.Equal(shared.Unit("one"), Answer.Floats(answer.GetProperty("embeddings").GetProperty("float")[0]));
    }

    [Theory]
    [InlineData("""{"texts": ["a"], "output_dimension": 0}""", "output_dimension is 0; the model's embeddings have 384.")]
    [InlineData("""{"inputs": [{"content": [{"type": "text", "text": "a"}]}]}""", "inputs is not taken, since the model encodes texts alone; send them as texts.")]
    public async Task Cohere_is_told_of_its_own_fields(string body, string sentence) =>
        Assert.Equal(sentence, (await _server.PostAsync("/v2/embed", body)).Require(HttpStatusCode.BadRequest).Json.GetProperty("message").GetString());

    [Theory]
    [InlineData("""{"texts": []}""")]
    [InlineData("""{"texts": [null]}""")]
    [InlineData("""{"texts": "a"}""")]
    [InlineData("""{"texts": ["a"], "embedding_types": ["half"]}""")]
    [InlineData("""{"texts": ["a"], "embedding_types": [null]}""")]
    [InlineData("""{"texts": ["a"], "truncate": "MIDDLE"}""")]
    [InlineData("""{"texts": ["a"], "input_type": "poem"}""")]
    public async Task Cohere_says_no_in_one_field(string body)
    {
        var answer = (await _server.PostAsync("/v2/embed", body)).Require(HttpStatusCode.BadRequest);

        Assert.NotEmpty(answer.Json.GetProperty("message").GetString()!);
    }

    [Fact]
    public async Task An_input_type_picks_the_models_prompt()
    {
        var folder = TinyModel.Write(Directory.CreateTempSubdirectory("micse-server-").FullName);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "config_sentence_transformers.json"),
            """{"prompts": {"query": "snow falls: ", "document": "", "clustering": "music: "}, "default_prompt_name": null, "similarity_fn_name": "cosine"}""", ServerRun.Token);
        await using var server = await ServerRun.StartAsync(options => options.Models.Add(new ServedModel("tiny", folder)));
        using var encoder = SentenceEncoder.Load(folder);

        var query = (await server.PostAsync("/v2/embed", """{"texts": ["hello"], "input_type": "search_query"}""")).Require(HttpStatusCode.OK).Json;
        var document = (await server.PostAsync("/v2/embed", """{"texts": ["hello"], "input_type": "search_document"}""")).Require(HttpStatusCode.OK).Json;
        var named = (await server.PostAsync("/embed", """{"inputs": "hello", "prompt_name": "clustering"}""")).Require(HttpStatusCode.OK);
        var unknown = (await server.PostAsync("/embed", """{"inputs": "hello", "prompt_name": "poem"}""")).Require(HttpStatusCode.UnprocessableEntity);

        Assert.Equal(SharedServer.Unit(encoder.Encode("snow falls: hello")), Answer.Floats(query.GetProperty("embeddings").GetProperty("float")[0]));
        Assert.Equal(SharedServer.Unit(encoder.Encode("hello")), Answer.Floats(document.GetProperty("embeddings").GetProperty("float")[0]));
        Assert.Equal(SharedServer.Unit(encoder.Encode("music: hello")), named.Vectors[0]);
        Assert.Contains("query, document, clustering", unknown.Text, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }
}
