using System.Text;
using CsCheck;
using MiCse.Files;

namespace MiCse.Tests.Files;

public class Utf8LineReaderTests
{
    private const int Longest = 1 << 17; // more than the buffer that a reader starts with

    [Fact]
    public void Of_longer_lines_the_beginning_is_kept_and_the_lines_after_them_are_whole() => Gen.Select(
        Gen.Select(Gen.Int[0, 4 * Longest], Gen.OneOf(["a", "ä", "語", "😀"])).Array[1, 5], Gen.OneOf(["\n", "\r\n", "\r"]), Gen.Bool).Sample(
        (lines, end, last) =>
        {
            string[] texts = [.. lines.Select((line, index) => index + string.Concat(Enumerable.Repeat(line.Item2, line.Item1 / Encoding.UTF8.GetByteCount(line.Item2))))];
            var reader = new Utf8LineReader(
                new MemoryStream(Encoding.UTF8.GetBytes(string.Join(end, texts) + (last ? end : ""))), "texts", orReturns: true, Longest, cut: true);

            foreach (var (index, text) in texts.Index())
            {
                var read = reader.ReadText();
                Assert.Equal(index + 1, reader.Line);
                // What fits is whole; of what does not, at least what is asked for but for one character.
                Assert.StartsWith(read!, text, StringComparison.Ordinal);
                Assert.True(read!.Length == text.Length || Encoding.UTF8.GetByteCount(read) > Longest - 8);
                Assert.True(Encoding.UTF8.GetByteCount(text) > Longest || read.Length == text.Length);
            }

            Assert.Null(reader.ReadText());
        },
        iter: 40);

    [Fact]
    public void A_line_that_is_longer_than_allowed_is_refused()
    {
        var reader = new Utf8LineReader(new MemoryStream(new byte[3 * Longest]), "texts", orReturns: false, Longest);

        var refused = Assert.Throws<DataFormatException>(() => reader.TryRead(out _));

        Assert.Equal("texts, line 1: is longer than 131072 bytes, which is no text.", refused.Message);
    }

    [Fact]
    public void The_rest_of_a_long_line_takes_no_memory()
    {
        using var stream = new EndlessText(1L << 30);
        var reader = new Utf8LineReader(stream, "texts", orReturns: true, Longest, cut: true);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.True(reader.TryRead(out var line));

        Assert.InRange(line.Length, Longest - 8, 2 * Longest);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 * Longest);
        Assert.False(reader.TryRead(out _));
    }

    /// <summary>As many bytes of text without a line's end.</summary>
    private sealed class EndlessText(long length) : Stream
    {
        private long _left = length;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, _left);
            buffer.AsSpan(offset, read).Fill((byte)'a');
            _left -= read;
            return read;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
