using MiCse.Files;
using MiCse.Hub;
using MiCse.Tests.Data;
using MiCse.Tests.Hub;
using Microsoft.Extensions.AI;

namespace MiCse.Tests;

public sealed class ModelSourceTests : IDisposable
{
    private readonly HubServer _server = HubServer.Start();
    private readonly TemporaryFolder _folder = new();
    private readonly SmallModel _model = new();

    public ModelSourceTests() => _server.Add("org/small").With(_model.Path);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private HubOptions Hub => new() { Endpoint = _server.Endpoint, CacheFolder = _folder.File("cache") };

    public void Dispose()
    {
        _server.Dispose();
        _folder.Dispose();
        _model.Dispose();
    }

    [Fact]
    public void A_folder_is_taken_as_it_is_and_called_by_its_name()
    {
        var model = ModelSource.Parse(_model.Path + Path.DirectorySeparatorChar).Resolve(cancellationToken: Token);

        Assert.Equal(("small-model", null), (model.Id, model.Note));
        Assert.Equal(_model.Path, Path.TrimEndingDirectorySeparator(model.Folder));
        using var encoder = SentenceEncoder.Load(_model.Path);
        Assert.Equal("small-model", encoder.ModelId);
    }

    [Fact]
    public void The_built_in_model_lies_beside_the_program()
    {
        var model = ModelSource.Parse("micse-small-en").Resolve(cancellationToken: Token);

        Assert.Equal("micse-small-en", model.Id);
        Assert.StartsWith(AppContext.BaseDirectory, model.Folder, StringComparison.Ordinal);
        using var encoder = SentenceEncoder.Load(ModelSource.BuiltIn);
        Assert.Equal(384, encoder.Dimensions);
    }

    [Theory]
    [InlineData("org/small", "main")]
    [InlineData("org/small@main", "main")]
    [InlineData("org/small@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task A_model_on_the_hub_is_called_by_its_commit(string name, string revision)
    {
        var reports = new List<HubProgress>();
        Assert.Equal(revision, ModelSource.Parse(name).Repository!.Revision);

        await using var encoder = await SentenceEncoder.LoadAsync(
            name, new SentenceEncoderOptions { Hub = Hub }, new Recorder(reports.Add), Token);

        Assert.Equal("org/small@" + new string('a', 40), encoder.ModelId);
        Assert.Equal(reports[^1].Total, reports[^1].Done);
        using var local = SentenceEncoder.Load(_model.Path);
        Assert.Equal(local.Encode("the cat", Token), encoder.Encode("the cat", Token));
        Assert.Equal(local.Fingerprint, encoder.Fingerprint);
        using var offline = SentenceEncoder.Load(name, new SentenceEncoderOptions { Hub = Hub with { Offline = true } });
        Assert.Equal(encoder.ModelId, offline.ModelId);
    }

    [Fact]
    public void An_older_copy_is_noted()
    {
        var source = ModelSource.Parse("org/small");
        Assert.Null(source.Resolve(Hub, cancellationToken: Token).Note);
        _server.Misbehave = _ => new Trouble { Status = 503 };

        Assert.StartsWith("org/small: ", source.Resolve(Hub, cancellationToken: Token).Note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("org/absent", "There is no folder of that name here either")]
    [InlineData("org/small@v2", "no revision 'v2'")]
    public async Task What_the_hub_does_not_have_is_said(string name, string sentence)
    {
        var failure = await Assert.ThrowsAsync<HubException>(() => ModelSource.Parse(name).ResolveAsync(Hub, cancellationToken: Token));
        Assert.Contains(sentence, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_names_nothing_is_said()
    {
        var file = _folder.File("model.safetensors");
        File.WriteAllText(file, "");
        Assert.Contains("is a file; a model is named by the folder", Message(file), StringComparison.Ordinal);
        Assert.Contains("there is no such model folder", Message("micse-mini-de"), StringComparison.Ordinal);
        Assert.Contains("there is no such model folder", Message("../org/name"), StringComparison.Ordinal);

        static string Message(string name) => Assert.Throws<ModelFormatException>(() => ModelSource.Parse(name)).Message;
    }

    [Fact]
    public async Task Loading_can_be_cancelled()
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SentenceEncoder.LoadAsync(_model.Path, cancellationToken: source.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => SentenceEncoder.LoadAsync("org/small", new SentenceEncoderOptions { Hub = Hub }, cancellationToken: source.Token));
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("tokenizer.json")]
    public async Task A_failure_leaves_no_task_whose_failure_nobody_sees(string broken)
    {
        // Both the weights and the tokenizer are broken; the failure of the weights is reported.
        File.WriteAllText(Path.Combine(_model.Path, "tokenizer.json"), "[");
        File.WriteAllText(Path.Combine(_model.Path, broken), "[");
        var unobserved = new List<Exception>();
        EventHandler<UnobservedTaskExceptionEventArgs> note = (_, failure) => unobserved.AddRange(
            failure.Exception.InnerExceptions.Where(inner => inner.Message.Contains(_model.Path, StringComparison.Ordinal)));
        TaskScheduler.UnobservedTaskException += note;
        try
        {
            var failure = Assert.Throws<ModelFormatException>(() => SentenceEncoder.Load(_model.Path));
            Assert.Contains(broken, failure.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<ModelFormatException>(() => SentenceEncoder.LoadAsync(_model.Path, cancellationToken: Token));
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Assert.Empty(unobserved);
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= note;
        }
    }

    [Fact]
    public async Task An_embedding_says_which_model_it_is_from_and_when_it_was_made_if_time_is_given()
    {
        var time = new StoppedTime();
        using IEmbeddingGenerator<string, Embedding<float>> timed = SentenceEncoder.Load(_model.Path, new SentenceEncoderOptions { Time = time });
        using IEmbeddingGenerator<string, Embedding<float>> plain = SentenceEncoder.Load(_model.Path);

        var embedding = Assert.Single(await timed.GenerateAsync(["the cat"], cancellationToken: Token));
        Assert.Equal(("small-model", time.GetUtcNow()), (embedding.ModelId, embedding.CreatedAt));
        Assert.Null((await plain.GenerateAsync(["the cat"], cancellationToken: Token))[0].CreatedAt);
        var metadata = plain.GetRequiredService<EmbeddingGeneratorMetadata>();
        Assert.Equal(("micse", "small-model", 16), (metadata.ProviderName, metadata.DefaultModelId, metadata.DefaultModelDimensions));
    }

    private sealed class Recorder(Action<HubProgress> report) : IProgress<HubProgress>
    {
        public void Report(HubProgress value) => report(value);
    }

    private sealed class StoppedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    }
}
