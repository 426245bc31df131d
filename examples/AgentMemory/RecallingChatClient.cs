using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AgentMemory;

/// <summary>
/// Stands where a language model goes, so that the example runs by itself: its answer is the first thing that the memory found. Put any other
/// <see cref="IChatClient"/> in its place.
/// </summary>
internal sealed class RecallingChatClient : IChatClient
{
    /// <summary>What the memory puts before the lines that it found.</summary>
    public const string Heading = "What the user said before:";

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var texts = messages.Select(message => message.Text).ToLookup(text => text.StartsWith(Heading, StringComparison.Ordinal));
        var remembered = texts[true].SelectMany(text => text.Split('\n').Skip(1)).FirstOrDefault(line => line.EndsWith('.'));
        var answer = texts[false].Last().EndsWith('?') ? $"You told me: {remembered ?? "nothing about that."}" : "I have understood.";
        return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, answer)));
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var update in (await GetResponseAsync(messages, options, cancellationToken)).ToChatResponseUpdates())
        {
            yield return update;
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }
}
