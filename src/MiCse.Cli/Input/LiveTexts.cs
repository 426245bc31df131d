using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace MiCse.Cli.Input;

/// <summary>Texts as somebody types them or another program prints them: those that are there need not wait for those that are not.</summary>
internal static class LiveTexts
{
    private const int TextsAhead = 1024;

    /// <summary>Reads texts on another thread, a limited number ahead.</summary>
    public static async IAsyncEnumerable<string> Read(IEnumerable<string> texts, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<string>(TextsAhead);
        var reading = Task.Run(() => ReadInto(channel.Writer, texts, cancellationToken), CancellationToken.None);
        await foreach (var text in channel.Reader.ReadAllAsync(cancellationToken))
        {
            yield return text;
        }

        await reading;
    }

    private static async Task ReadInto(ChannelWriter<string> writer, IEnumerable<string> texts, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            foreach (var text in texts)
            {
                await writer.WriteAsync(text, cancellationToken);
            }
        }
        catch (Exception exception)
        {
            failure = exception; // thrown by the reader of the channel
        }

        writer.Complete(failure);
    }
}
