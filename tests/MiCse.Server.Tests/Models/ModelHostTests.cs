using System.Net;
using MiCse.Server.Models;
using MiCse.Server.Requests;

namespace MiCse.Server.Tests.Models;

public sealed class ModelHostTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("micse-server-").FullName;
    private readonly ManualTime _time = new();
    private readonly List<string> _failures = [];

    public ModelHostTests()
    {
        foreach (var name in (string[])["a", "b", "c"])
        {
            TinyModel.Write(Path.Combine(_folder, name));
        }
    }

    private long Bytes => new FileInfo(Path.Combine(_folder, "a", "model.safetensors")).Length;

    [Fact]
    public async Task A_model_that_was_idle_is_unloaded_but_never_the_first()
    {
        await using var host = Host(options => options.IdleUnload = TimeSpan.FromMinutes(10));
        using (await host.UseAsync(host.Models[0], default))
        using (await host.UseAsync(host.Models[1], default))
        {
            _time.Advance(TimeSpan.FromMinutes(30));
            Assert.NotNull(host.Models[1].Encoder); // in use
        }

        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.NotNull(host.Models[1].Encoder);
        _time.Advance(TimeSpan.FromMinutes(6));
        Assert.Null(host.Models[1].Encoder);
        Assert.NotNull(host.Models[0].Encoder);

        using var again = await host.UseAsync(host.Models[1], default);
        Assert.Equal(64, again.Encoder.MaxTokens);
    }

    [Fact]
    public async Task The_model_not_used_for_longest_makes_room()
    {
        await using var host = Host(options => options.MemoryBudget = 2 * Bytes);
        foreach (var model in (int[])[0, 1, 0, 2])
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            (await host.UseAsync(host.Models[model], default)).Dispose();
        }

        Assert.Equal([true, false, true], host.Models.Select(model => model.Encoder is not null));
        Assert.Equal(2 * Bytes, host.LoadedBytes);
    }

    [Fact]
    public async Task What_is_in_use_is_not_unloaded_for_another()
    {
        await using var host = Host(options => options.MemoryBudget = Bytes);
        using var used = await host.UseAsync(host.Models[0], default);

        var refusal = (await Assert.ThrowsAsync<RefusalException>(() => host.UseAsync(host.Models[1], default))).Refusal;

        Assert.Equal(RefusalKind.Overloaded, refusal.Kind);
        Assert.NotNull(refusal.RetryAfter);
        Assert.Equal(used.Encoder, host.Models[0].Encoder);
    }

    [Fact]
    public async Task A_model_larger_than_the_budget_is_refused_by_name()
    {
        await using var server = await ServerRun.StartAsync(options =>
        {
            options.Models.Add(new ServedModel("a", Path.Combine(_folder, "a")));
            options.MemoryBudget = 100;
        });

        var answer = (await server.GetAsync("/readyz")).Require(HttpStatusCode.ServiceUnavailable);
        Assert.Contains("more than the 100", answer.Text, StringComparison.Ordinal);
        (await server.PostAsync("/embed", """{"inputs": "a"}""")).Require(HttpStatusCode.ServiceUnavailable);
        (await server.GetAsync("/healthz")).Require(HttpStatusCode.OK);
        (await server.GetAsync("/health")).Require(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Requests_get_the_model_they_name()
    {
        await using var server = await ServerRun.StartAsync(options =>
        {
            options.Models.Add(new ServedModel("text-embedding-3-small", ServerRun.Model));
            options.Models.Add(new ServedModel("tiny", Path.Combine(_folder, "a")));
        });
        using var tiny = SentenceEncoder.Load(Path.Combine(_folder, "a"));

        var first = (await server.PostAsync("/v1/embeddings", """{"input": "hello world", "model": "text-embedding-3-small"}""")).Require(HttpStatusCode.OK);
        var second = (await server.PostAsync("/v1/embeddings", """{"input": "hello world", "model": "tiny"}""")).Require(HttpStatusCode.OK);

        Assert.Equal(384, first.Json.GetProperty("data")[0].GetProperty("embedding").GetArrayLength());
        Assert.Equal(SharedServer.Unit(tiny.Encode("hello world")), Answer.Floats(second.Json.GetProperty("data")[0].GetProperty("embedding")));
        Assert.Equal(tiny.Fingerprint, second.Headers["x-model-fingerprint"]);
    }

    [Fact]
    public async Task A_model_that_is_not_there_is_told_before_the_server_is_ready()
    {
        await using var server = await ServerRun.StartAsync(options => options.Models.Add(new ServedModel("none", Path.Combine(_folder, "none"))));

        Assert.Contains("none", (await server.GetAsync("/readyz")).Require(HttpStatusCode.ServiceUnavailable).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Why_a_model_cannot_be_loaded_is_told_to_who_runs_the_server()
    {
        await using var host = Host(options => options.Models.Add(new ServedModel("broken", Path.Combine(_folder, "none"))));

        var refused = await Assert.ThrowsAsync<RefusalException>(() => host.UseAsync(host.Models[3], default));

        Assert.Equal(RefusalKind.NotReady, refused.Refusal.Kind);
        Assert.DoesNotContain(_folder, refused.Message, StringComparison.Ordinal);
        Assert.StartsWith("broken: ", Assert.Single(_failures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_a_folder_lies_is_no_name()
    {
        await using var host = Host(_ => { });

        Assert.Equal("b", host.Find("b").Name);
        Assert.Equal("b", host.Find("b:latest").Name);
        Assert.Throws<RefusalException>(() => host.Find("b" + string.Concat(Enumerable.Repeat(":latest", 1_000_000))));
        Assert.Throws<RefusalException>(() => host.Find(Path.Combine(_folder, "b")));
    }

    [Fact]
    public async Task Local_models_are_known_before_they_are_asked_for()
    {
        await using var host = Host(options => options.Models.Add(new ServedModel("broken", Path.Combine(_folder, "none"))));

        await host.LookAsync(default);

        Assert.Equal([true, true, true, false], host.Models.Select(model => model.Folder is not null));
        Assert.All(host.Models, model => Assert.Null(model.Encoder));
        Assert.StartsWith("broken: ", Assert.Single(_failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("micse-small-en", "micse-small-en", "micse-small-en")]
    [InlineData("small=micse-small-en", "small", "micse-small-en")]
    [InlineData("org/name@rev", "org/name", "org/name@rev")]
    public void A_model_is_named_as_on_the_command_line(string text, string name, string source) =>
        Assert.Equal((name, source), (ServedModel.Parse(text).Name, ServedModel.Parse(text).Source));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private ModelHost Host(Action<MiCseServerOptions> configure)
    {
        var options = new MiCseServerOptions { Time = _time };
        foreach (var name in (string[])["a", "b", "c"])
        {
            options.Models.Add(new ServedModel(name, Path.Combine(_folder, name)));
        }

        configure(options);
        return new ModelHost(options, (_, _) => { }, (model, reason) => _failures.Add($"{model.Name}: {reason}"));
    }
}
