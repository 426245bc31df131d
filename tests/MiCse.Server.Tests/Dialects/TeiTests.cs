using System.Net;

namespace MiCse.Server.Tests.Dialects;

public sealed class TeiTests(SharedServer shared)
{
    private readonly ServerRun _server = shared.Run;

    public static TheoryData<string, string, int, string> Refused => new()
    {
        { "/embed", """{"inputs": []}""", 400, "Empty" },
        { "/embed", """{"inputs": ""}""", 200, "" },
        { "/embed", """{}""", 400, "Validation" },
        { "/embed", """{"inputs": null}""", 400, "Validation" },
        { "/embed", """{"inputs": 7}""", 400, "Validation" },
        { "/embed", """{"inputs": ["a", 7]}""", 400, "Validation" },
        { "/embed", """{"inputs": ["a", null]}""", 400, "Validation" },
        { "/embed", """{"inputs": [[1, "a"]]}""", 400, "Validation" },
        { "/embed", """{"inputs": [[]]}""", 400, "Empty" },
        { "/embed", """{"inputs": [1.5]}""", 400, "Validation" },
        { "/embed", """{"inputs": {"a": 1}}""", 400, "Validation" },
        { "/embed", """{"inputs": "a", "normalize": "yes"}""", 400, "Validation" },
        { "/embed", """{"inputs": "a", "dimensions": 0}""", 422, "Validation" },
        { "/embed", """{"inputs": "a", "dimensions": 385}""", 422, "Validation" },
        { "/embed", """{"inputs": "a", "truncation_direction": "up"}""", 422, "Validation" },
        { "/embed", """{"inputs": "a", "prompt_name": "query"}""", 422, "Validation" },
        { "/embed", """{"inputs": "a"} x""", 400, "Validation" },
        { "/embed", "", 400, "Validation" },
        { "/embed", "null", 400, "Validation" },
        { "/embed", "[1,2", 400, "Validation" },
        { "/embed", """{"inputs": "\ud800"}""", 400, "Validation" },
        { "/embed", """{"inputs": [50000, 60000]}""", 400, "Validation" },
        { "/embed", """{"inputs": [-1]}""", 400, "Validation" },
        { "/similarity", """{"inputs": {"source_sentence": "a", "sentences": []}}""", 400, "Empty" },
        { "/similarity", """{"inputs": {"source_sentence": "a"}}""", 400, "Validation" },
        { "/similarity", """{"inputs": {"source_sentence": "a", "sentences": [null]}}""", 400, "Validation" },
        { "/tokenize", """{"inputs": []}""", 400, "Empty" },
        { "/decode", """{"ids": "a"}""", 400, "Empty" },
        { "/decode", """{"ids": [99999999]}""", 422, "Validation" },
        { "/rerank", """{"query": "a", "texts": ["b"]}""", 424, "Backend" },
        { "/predict", """{"inputs": "a"}""", 424, "Backend" },
        { "/embed_sparse", """{"inputs": "a"}""", 424, "Backend" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_cannot_be_is_refused_in_its_words(string route, string body, int status, string type)
    {
        var answer = await _server.PostAsync(route, body);

        Assert.Equal(status, (int)answer.Status);
        if (status != 200)
        {
            Assert.Equal(type, answer.Json.GetProperty("error_type").GetString());
            Assert.InRange(answer.Json.GetProperty("error").GetString()!.Length, 10, 400);
        }
    }

    [Theory]
    [InlineData("/embed")]
    [InlineData("/")]
    [InlineData("/invocations")]
    public async Task A_text_has_the_vector_that_the_encoder_gives(string route)
    {
        var answer = (await _server.PostAsync(route, """{"inputs": "A man plays the guitar."}""")).Require(HttpStatusCode.OK);

        Assert.Equal([shared.Unit("A man plays the guitar.")], answer.Vectors);
        Assert.Equal("application/json", answer.Headers["Content-Type"]);
    }

    [Fact]
    public async Task Many_texts_come_in_their_order_whatever_they_share()
    {
        string[] texts = [.. Enumerable.Range(0, 200).Select(number => $"Text {number % 50} about {new string('x', number % 7)}.")];

        var answer = (await _server.PostAsync("/embed", System.Text.Json.JsonSerializer.Serialize(new { inputs = texts }))).Require(HttpStatusCode.OK);

        Assert.Equal(texts.Select(text => shared.Unit(text)), answer.Vectors);
    }

    [Fact]
    public async Task Vectors_are_as_long_as_asked_for_and_scaled_unless_told_otherwise()
    {
        var whole = (await _server.PostAsync("/embed", """{"inputs": "a guitar", "normalize": false}""")).Vectors[0];
        var cut = (await _server.PostAsync("/embed", """{"inputs": "a guitar", "dimensions": 16}""")).Vectors[0];

        Assert.Equal(shared.Encoder.Encode("a guitar"), whole);
        Assert.Equal(SharedServer.Unit(whole, 16), cut);
        Assert.Equal(1, cut.Sum(value => value * value), 1e-5);
    }

    [Fact]
    public async Task Ids_are_what_their_text_is()
    {
        var ids = shared.Encoder.Tokenizer.Tokenize("A man plays.").Ids;

        var one = (await _server.PostAsync("/embed", $$"""{"inputs": [{{string.Join(',', ids)}}]}""")).Require(HttpStatusCode.OK);
        var two = (await _server.PostAsync("/embed", $$"""{"inputs": [[{{string.Join(',', ids)}}], [{{string.Join(',', ids)}}]]}""")).Require(HttpStatusCode.OK);

        Assert.Equal(shared.Unit("A man plays."), Assert.Single(one.Vectors));
        Assert.Equal([shared.Unit("A man plays."), shared.Unit("A man plays.")], two.Vectors);
    }

    [Fact]
    public async Task Ids_that_cannot_be_this_models_are_refused_with_the_likely_cause()
    {
        var answer = await _server.PostAsync("/embed", """{"inputs": [[5, 100256]]}""");

        answer.Require(HttpStatusCode.BadRequest);
        Assert.Contains("100256", answer.Text, StringComparison.Ordinal);
        Assert.Contains("check_embedding_ctx_length=False", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_too_long_is_cut_and_told_or_refused_by_index()
    {
        var body = System.Text.Json.JsonSerializer.Serialize(new { inputs = new[] { "short", string.Concat(Enumerable.Repeat("guitar ", 500)), "short" } });

        var cut = (await _server.PostAsync("/embed", body)).Require(HttpStatusCode.OK);
        var refused = await _server.PostAsync("/embed", body[..^1] + ", \"truncate\": false}");

        Assert.Equal("1: 1", cut.Headers["x-truncated-texts"]);
        refused.Require(HttpStatusCode.UnprocessableEntity);
        Assert.Contains("Text 1 ", refused.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("guitar", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_of_a_long_text_can_be_kept()
    {
        var text = string.Concat(Enumerable.Repeat("rain ", 300)) + string.Concat(Enumerable.Repeat("guitar ", 254)).TrimEnd();

        var left = (await _server.PostAsync("/embed", $$"""{"inputs": "{{text}}", "truncation_direction": "left"}""")).Vectors[0];

        Assert.Equal(shared.Unit(string.Concat(Enumerable.Repeat("guitar ", 254))), left);
    }

    [Fact]
    public async Task Every_token_has_its_state()
    {
        var answer = (await _server.PostAsync("/embed_all", """{"inputs": ["A man plays.", "", "rain"]}""")).Require(HttpStatusCode.OK);

        var texts = answer.Json.EnumerateArray().Select(text => text.EnumerateArray().Select(Answer.Floats).ToArray()).ToArray();
        Assert.Equal(3, texts.Length);
        foreach (var (text, states) in ((string[])["A man plays.", "", "rain"]).Zip(texts))
        {
            var expected = shared.Encoder.EncodeTokens(text).States;
            Assert.Equal(Enumerable.Range(0, expected.Count).Select(token => expected[token].ToArray()), states);
        }
    }

    [Fact]
    public async Task A_refusal_of_states_has_its_status_code()
    {
        var text = string.Concat(Enumerable.Repeat("guitar ", 500));

        (await _server.PostAsync("/embed_all", $$"""{"inputs": ["{{text}}"], "truncate": false}""")).Require(HttpStatusCode.UnprocessableEntity);
        (await _server.PostAsync("/embed_all", """{"inputs": [[99999999]]}""")).Require(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Cosines_are_those_of_the_vectors()
    {
        var answer = (await _server.PostAsync("/similarity", """{"inputs": {"source_sentence": "A man plays.", "sentences": ["Someone plays.", "rain", "A man plays."]}}""")).Require(HttpStatusCode.OK);

        Assert.Equal(3, answer.Vector.Length);
        Assert.Equal(shared.Encoder.Similarity("A man plays.", "Someone plays."), answer.Vector[0], 1e-5);
        Assert.Equal(1, answer.Vector[2], 1e-6);
    }

    [Fact]
    public async Task Tokens_have_spelling_and_place()
    {
        var answer = (await _server.PostAsync("/tokenize", """{"inputs": ["Hello, Wörld! 🎸 z"]}""")).Require(HttpStatusCode.OK);

        var tokens = answer.Json[0].EnumerateArray().ToList();
        Assert.Equal(shared.Encoder.Tokenizer.Tokenize("Hello, Wörld! 🎸 z").Ids, tokens.Select(token => token.GetProperty("id").GetInt32()));
        Assert.True(tokens[0].GetProperty("special").GetBoolean());
        var world = tokens.Single(token => token.GetProperty("text").GetString() == "Wörld");
        Assert.Equal((7, 12), (world.GetProperty("start").GetInt32(), world.GetProperty("stop").GetInt32()));
        var last = tokens[^2];
        Assert.Equal((16, 17), (last.GetProperty("start").GetInt32(), last.GetProperty("stop").GetInt32()));

        var plain = (await _server.PostAsync("/tokenize", """{"inputs": "Hello", "add_special_tokens": false}""")).Require(HttpStatusCode.OK);
        Assert.All(plain.Json[0].EnumerateArray(), token => Assert.False(token.GetProperty("special").GetBoolean()));
    }

    [Fact]
    public async Task The_text_of_a_token_is_a_part_of_the_input()
    {
        var answer = (await _server.PostAsync("/tokenize", """{"inputs": "Héllo 😀! 😀 unaffably"}""")).Require(HttpStatusCode.OK);

        var tokens = answer.Json[0].EnumerateArray().ToList();
        Assert.Equal(("[CLS]", System.Text.Json.JsonValueKind.Null), (tokens[0].GetProperty("text").GetString(), tokens[0].GetProperty("start").ValueKind));
        Assert.Equal("Héllo😀!😀unaffably", string.Concat(tokens[1..^1].Select(token => token.GetProperty("text").GetString())));
        int[] points = [.. "Héllo 😀! 😀 unaffably".EnumerateRunes().Select(rune => rune.Value)];
        Assert.All(tokens[1..^1], token => Assert.Equal(
            token.GetProperty("text").GetString(),
            string.Concat(points[token.GetProperty("start").GetInt32()..token.GetProperty("stop").GetInt32()].Select(char.ConvertFromUtf32))));
    }

    [Fact]
    public async Task Tokens_are_those_that_are_encoded_the_models_own_prompt_too()
    {
        var folder = TinyModel.Write(Directory.CreateTempSubdirectory("micse-server-").FullName);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "config_sentence_transformers.json"),
            """{"prompts": {"query": "snow falls: ", "none": ""}, "default_prompt_name": "query", "similarity_fn_name": "cosine"}""", ServerRun.Token);
        await using (var server = await ServerRun.StartAsync(options => options.Models.Add(new ServedModel("tiny", folder))))
        {
            foreach (var fields in (string[])["", ", \"prompt_name\": \"none\""])
            {
                var encoded = (await server.PostAsync("/embed", $$"""{"inputs": "a man sings"{{fields}}}""")).Require(HttpStatusCode.OK);
                var tokens = (await server.PostAsync("/tokenize", $$"""{"inputs": "a man sings"{{fields}}}""")).Require(HttpStatusCode.OK);

                Assert.Equal(encoded.Headers["x-compute-tokens"], $"{tokens.Json[0].GetArrayLength()}");
                Assert.Equal(fields.Length == 0 ? "snow" : "a", tokens.Json[0][1].GetProperty("text").GetString());
            }
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Ids_are_decoded()
    {
        var ids = string.Join(',', shared.Encoder.Tokenizer.Tokenize("the unaffable man, he says.").Ids);

        Assert.Equal("the unaffable man, he says.", (await _server.PostAsync("/decode", $$"""{"ids": [{{ids}}]}""")).Json[0].GetString());
        Assert.Equal("[CLS] the unaffable man, he says. [SEP]", (await _server.PostAsync("/decode", $$"""{"ids": [[{{ids}}]], "skip_special_tokens": false}""")).Json[0].GetString());
    }

    [Fact]
    public async Task Info_has_the_fields_that_clients_read()
    {
        var info = (await _server.GetAsync("/info")).Require(HttpStatusCode.OK).Json;

        Assert.Equal("micse-small-en", info.GetProperty("model_id").GetString());
        Assert.Equal("mean", info.GetProperty("model_type").GetProperty("embedding").GetProperty("pooling").GetString());
        Assert.Equal(shared.Encoder.MaxTokens, info.GetProperty("max_input_length").GetInt32());
        Assert.Equal(512, info.GetProperty("max_concurrent_requests").GetInt32());
        Assert.Equal(shared.Encoder.Fingerprint, info.GetProperty("fingerprint").GetString());
        Assert.True(info.GetProperty("auto_truncate").GetBoolean());
        Assert.All((string[])["sha", "docker_label", "max_batch_requests"], name => Assert.Equal(System.Text.Json.JsonValueKind.Null, info.GetProperty(name).ValueKind));
    }

    [Fact]
    public async Task Headers_say_what_it_took_and_which_model_it_was()
    {
        var answer = (await _server.PostAsync("/embed", """{"inputs": ["ab", ""]}""")).Require(HttpStatusCode.OK);

        Assert.Equal("2", answer.Headers["x-compute-characters"]);
        Assert.Equal($"{shared.Encoder.Encode(["ab", ""]).TokenCounts.Sum()}", answer.Headers["x-compute-tokens"]);
        Assert.Equal("1: 1", answer.Headers["x-empty-texts"]);
        Assert.Equal("0", answer.Headers["x-truncated-texts"]);
        Assert.Equal(shared.Encoder.Fingerprint, answer.Headers["x-model-fingerprint"]);
        Assert.All((string[])["x-compute-time", "x-total-time", "x-tokenization-time", "x-queue-time", "x-inference-time"], name => Assert.True(int.Parse(answer.Headers[name], null) >= 0));
    }

    [Fact]
    public async Task Health_is_open()
    {
        foreach (var route in (string[])["/health", "/ping", "/healthz", "/readyz"])
        {
            (await _server.GetAsync(route)).Require(HttpStatusCode.OK);
            (await _server.SendAsync(HttpMethod.Head, route, null)).Require(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task Metrics_have_the_names_of_dashboards()
    {
        await _server.PostAsync("/embed", """{"inputs": "a"}""");
        await _server.PostAsync("/embed", """{"inputs": "a", "dimensions": 0}""");
        var metrics = (await _server.GetAsync("/metrics")).Require(HttpStatusCode.OK).Text;

        foreach (var line in (string[])
            [
                "te_request_count{method=\"single\"} ", "te_request_success{method=\"single\"} ", "te_request_failure{err=\"validation\"} ", "te_embed_count ", "te_embed_success ",
                "te_request_duration_bucket{le=\"1.5E-05\"} ", "te_request_tokenization_duration_count ", "te_request_queue_duration_sum ", "te_request_inference_duration_count ",
                "te_request_input_length_bucket", "te_embed_duration_count ", "te_batch_next_size_bucket", "te_batch_next_tokens_bucket", "te_queue_size ", "micse_resident_bytes ",
            ])
        {
            Assert.Contains("\n" + line.Split("1.5E-05")[0], metrics, StringComparison.Ordinal);
        }
    }
}
