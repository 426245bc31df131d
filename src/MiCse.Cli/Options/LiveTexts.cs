using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace MiCse.Cli.Options;

/// <summary>Texts as somebody types them or another program prints them: those that are there need not wait for those that are not.</summary>
internal static class LiveTexts
{
    private const int TextsAhead = 1024;

    /// <summary>Reads texts on another thread, a limited number ahead.</summary>
    public static async IAsyncEnumerable<string> Read(IEnumerable<string> texts, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var channel = Channel.CreateBounded<string>(TextsAhead);
        var reading = Task.Run(() => ReadInto(channel.Writer, texts, cancellation), CancellationToken.None);
        await foreach (var text in channel.Reader.ReadAllAsync(cancellation))
        {
            yield return text;
        }

        await reading;
    }

    private static async Task ReadInto(ChannelWriter<string> writer, IEnumerable<string> texts, CancellationToken cancellation)
    {
        Exception? failure = null;
        try
        {
            foreach (var text in texts)
            {
                await writer.WriteAsync(text, cancellation);
            }
        }
        catch (Exception exception)
        {
            failure = exception; // for whoever reads the channel
        }

        writer.Complete(failure);
    }
}
