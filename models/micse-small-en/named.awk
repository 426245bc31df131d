# Sentences in which two names stand apart from each other: every other one as it is, and the others with the names exchanged.
#
#   LC_ALL=C awk -f named.awk sentences.txt

function name(text) { return text ~ /^[A-Z][a-z]+$/ && text !~ /^(The|In|On|At|A|An|He|She|It|They|His|Her|January|February|March|April|May|June|July|August|September|October|November|December)$/ }
{
    sub(/\r$/, "")
    words = split($0, word, / +/)
    if (words > 16) next
    end = match(word[words], /[.?!]$/) ? substr(word[words], RSTART) : ""
    sub(/[.?!]$/, "", word[words])
    found = 0
    for (i = 2; i <= words && found < 2; i++)
        if (name(word[i]) && !name(word[i - 1]) && (i == words || !name(word[i + 1]))) at[++found] = i
    if (found < 2 || at[2] - at[1] < 2 || word[at[1]] == word[at[2]]) next
    if (number++ % 2 == 0) { print; next }
    spare = word[at[1]]; word[at[1]] = word[at[2]]; word[at[2]] = spare
    text = word[1]
    for (i = 2; i <= words; i++) text = text " " word[i]
    print text end
}
