using MiCse.Training.Distributed;

namespace MiCse.Training.Tests.Distributed;

public sealed class AgreementTests
{
    [Fact]
    public void What_fails_on_one_rank_fails_on_all_and_the_first_says_where()
    {
        var failures = ThreadedCollective.Run(3, own => Record.Exception(() => own.Together(() =>
            own.Rank == 2 ? throw new InvalidTimeZoneException("the file is not here") : own.Rank)));

        Assert.All(failures, failure => Assert.IsType<RankFailureException>(failure));
        Assert.Matches(@"^Process 3 of 3 \(on .+\): the file is not here$", failures[0]!.InnerException!.Message);
    }

    [Fact]
    public void What_fails_on_all_ranks_is_the_first_ones_own_failure()
    {
        var failures = ThreadedCollective.Run(2, own => Record.Exception(() => own.Together(() => throw new InvalidTimeZoneException(new string('x', 5000)))));

        Assert.IsType<InvalidTimeZoneException>(Assert.IsType<RankFailureException>(failures[0]).InnerException);
        Assert.IsType<RankFailureException>(failures[1]);
    }

    [Fact]
    public void One_that_is_cancelled_cancels_all()
    {
        var failures = ThreadedCollective.Run(2, own => Record.Exception(() => own.OnFirst(() => throw new OperationCanceledException())));

        Assert.All(failures, failure => Assert.IsType<OperationCanceledException>(failure));
    }

    [Fact]
    public void The_first_rank_works_for_all()
    {
        var results = ThreadedCollective.Run(4, own =>
        {
            var first = own.OnFirst(() => $"by {own.Rank}");
            var bytes = own.FromFirst(own.Rank == 0 ? [1, 2, 3] : null);
            return (first, string.Join(' ', bytes));
        });

        Assert.Equal(new[] { "by 0", null, null, null }, results.Select(result => result.first));
        Assert.All(results, result => Assert.Equal("1 2 3", result.Item2));
    }

    [Fact]
    public void A_process_by_itself_fails_as_it_does()
    {
        Assert.Throws<InvalidTimeZoneException>(() => SingleProcess.Instance.Together(() => throw new InvalidTimeZoneException()));
        Assert.Equal(7, SingleProcess.Instance.OnFirst(() => 7));
    }
}
