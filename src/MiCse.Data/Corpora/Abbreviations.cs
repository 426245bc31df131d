namespace MiCse.Data.Corpora;

/// <summary>English abbreviations that end with a full stop.</summary>
internal static class Abbreviations
{
    private const int LongestListNumber = 3;

    private static readonly HashSet<string> NeverFinal = Set(
        "Mr Mrs Ms Mx Messrs Mme Mlle Dr Drs Prof Rev Fr Msgr Hon Gov Sen Rep Pres Amb Supt Insp " +
        "Gen Lt Col Maj Capt Cpt Cmdr Cdr Adm Sgt Cpl Pvt Brig Comdr Ens Pfc St Ste Sts Mt Mts Ft Pt Rt Bt Atty " +
        "vs v cf viz c ca approx esp incl resp aka Subsp subsp var nr");

    private static readonly HashSet<string> BeforeNumber = Set(
        "No Nos Nr no nos Vol Vols vol vols p pp Fig Figs fig figs Ch ch Chap chap Sec sec Art art Op op Eq eq Ref ref para " +
        "b d r fl m ed n ft in lb lbs oz yd mi km kg hr hrs min mins Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec");

    private static readonly HashSet<string> MayBeFinal = Set(
        "Inc Ltd Co Corp Cos LLC Bros Jr Sr Esq etc al Ave Blvd Rd Sq Hwy Dept Univ Assn Assoc Bldg Est est " +
        "Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Mass Md Mich Minn Miss Mo Mont Neb Nev Okla Ore Pa Penn Tenn Tex Va Vt Wash Wis Wyo " +
        "Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun sp spp gen nov");

    /// <summary>The kind of the word before a full stop.</summary>
    /// <param name="word">The word without the stop.</param>
    /// <param name="isFirst">Whether the sentence starts with it.</param>
    public static AbbreviationKind KindOf(ReadOnlySpan<char> word, bool isFirst)
    {
        if (word.IsEmpty)
        {
            return AbbreviationKind.None;
        }

        if (isFirst && word.Length <= LongestListNumber && !word.ContainsAnyExceptInRange('0', '9'))
        {
            return AbbreviationKind.NeverFinal; // "1. First item" of a list
        }

        if (Contains(NeverFinal, word))
        {
            return AbbreviationKind.NeverFinal;
        }

        if (Contains(BeforeNumber, word))
        {
            return AbbreviationKind.BeforeNumber;
        }

        return IsInitials(word) || Contains(MayBeFinal, word) ? AbbreviationKind.MayBeFinal : AbbreviationKind.None;
    }

    // "J", "U.S", "e.g", "Ph.D", "J.-P"; not "example.com" and not "2.5".
    private static bool IsInitials(ReadOnlySpan<char> word)
    {
        var dotted = false;
        foreach (var part in word.SplitAny('.', '-'))
        {
            var (offset, length) = part.GetOffsetAndLength(word.Length);
            dotted |= offset > 0 && word[offset - 1] == '.';
            if (length > 2 || word.Slice(offset, length).ContainsAnyInRange('0', '9'))
            {
                return false;
            }
        }

        return dotted || (word.Length == 1 && char.IsUpper(word[0]));
    }

    private static bool Contains(HashSet<string> set, ReadOnlySpan<char> word) => set.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word);

    private static HashSet<string> Set(string words) => [.. words.Split(' ')];
}

/// <summary>What a full stop after a word says about the end of the sentence.</summary>
internal enum AbbreviationKind
{
    /// <summary>No abbreviation: the sentence ends.</summary>
    None,

    /// <summary>A title or a word that leads to another: the sentence goes on.</summary>
    NeverFinal,

    /// <summary>An abbreviation only before a number: "No. 5".</summary>
    BeforeNumber,

    /// <summary>The sentence ends only if the next word is one that opens sentences.</summary>
    MayBeFinal,
}
