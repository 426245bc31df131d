using MiCse.Tokenization;

namespace MiCse.Tests.Tokenization;

public class TokenBatchTests
{
    [Fact]
    public void Shorter_sequences_are_padded_on_the_right()
    {
        var batch = new TokenBatch([[5, 6, 7], [8]], padId: 1);
        Assert.Equal((2, 3), (batch.Count, batch.Length));
        Assert.Equal([5, 6, 7, 8, 1, 1], batch.Ids);
        Assert.Equal([1, 1, 1, 1, 0, 0], batch.Mask);
    }

    [Fact]
    public void No_sequences_make_an_empty_batch() => Assert.Equal((0, 0), (new TokenBatch([], 0).Count, new TokenBatch([], 0).Length));
}
