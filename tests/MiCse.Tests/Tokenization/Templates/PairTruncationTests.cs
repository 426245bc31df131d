using CsCheck;
using MiCse.Tokenization.Templates;

namespace MiCse.Tests.Tokenization.Templates;

public class PairTruncationTests
{
    [Fact]
    public void Same_as_taking_tokens_from_the_longer_text_one_by_one() =>
        Gen.Select(Gen.Int[0, 40], Gen.Int[0, 40], Gen.Int[0, 60]).Sample((first, second, room) =>
        {
            var (left, right) = (first, second);
            while (left + right > room)
            {
                if (left > right || (left == right && first <= second))
                {
                    left--;
                }
                else
                {
                    right--;
                }
            }

            Assert.Equal((left, right), PairTruncation.Share(first, second, room));
        }, iter: 5000);
}
