using MiCse.Tokenization.Templates;

namespace MiCse.Tests.Tokenization.Templates;

public class SequenceTemplateTests
{
    private static readonly SpecialToken Start = new("[CLS]", 1);
    private static readonly SpecialToken End = new("[SEP]", 2);

    [Fact]
    public void Berts() => AssertBuilds(SequenceTemplate.Bert(Start, End), [1, 7, 8, 2], [1, 7, 8, 2, 9, 2], [0, 0, 0, 0, 1, 1]);

    [Fact]
    public void Robertas() => AssertBuilds(SequenceTemplate.Roberta(Start, End), [1, 7, 8, 2], [1, 7, 8, 2, 2, 9, 2], [0, 0, 0, 0, 0, 0, 0]);

    [Fact]
    public void Any_other()
    {
        TemplatePart first = new(null, false, 0), second = new(null, true, 4), start = new(Start, false, 3), end = new(End, false, 0);
        var template = new SequenceTemplate([start with { TypeId = 0 }, start with { TypeId = 0 }, first, end], [start, second, end, first]);

        AssertBuilds(template, [1, 1, 7, 8, 2], [1, 9, 2, 7, 8], [3, 4, 0, 0, 0]);
        Assert.Equal((3, 2), (template.SingleAdded, template.PairAdded));
        Assert.Equal((Start, End), (template.Start, template.End));
        Assert.False(template.IsSame(SequenceTemplate.Bert(Start, End)));
        Assert.True(SequenceTemplate.Bert(Start, End).IsSame(SequenceTemplate.Bert(Start with { }, End with { })));
    }

    private static void AssertBuilds(SequenceTemplate template, int[] single, int[] pair, int[] types)
    {
        Assert.Equal(single, template.Build([7, 8]));
        var (ids, typeIds) = template.Build([7, 8], [9]);
        Assert.Equal(pair, ids);
        Assert.Equal(types, typeIds);
    }
}
