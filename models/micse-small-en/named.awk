# Sentences in which two names stand apart from each other, each followed by the same with the names exchanged.

function capital(text) { return text ~ /^[A-Z][a-z]+$/ && text !~ /^(The|In|On|At|A|An|He|She|It|They|His|Her|January|February|March|April|May|June|July|August|September|October|November|December)$/ }
{
    sub(/\r$/, "")
    words = split($0, word, / +/)
    if (words > 16) next
    end = match(word[words], /[.?!]$/) ? substr(word[words], RSTART) : ""
    sub(/[.?!]$/, "", word[words])
    found = 0
    for (i = 2; i <= words && found < 2; i++)
        if (capital(word[i]) && !capital(word[i - 1]) && (i == words || !capital(word[i + 1]))) { at[++found] = i }
    if (found < 2 || at[2] - at[1] < 2 || word[at[1]] == word[at[2]]) next
    spare = word[at[1]]; word[at[1]] = word[at[2]]; word[at[2]] = spare
    text = word[1]
    for (i = 2; i <= words; i++) text = text " " word[i]
    print
    print text end
}
