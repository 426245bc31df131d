# Sentences → what of them is trained on: short ones as they are, some long ones, and parts of the others (clauses or runs of words), so that fragments occur as people
# type them. A few lines are misspelled. The same seed gives the same lines on every awk.
#
#   LC_ALL=C awk -v whole=50 -v long=14 -v parts=24 -f cropped.awk sentences.txt
#
# whole: share in percent of sentences of at most 16 words that stay; long: of those up to 32 words; parts: of sentences that a part is taken of.

function random(limit) { state = (state * 16807) % 2147483647; return state % limit }
function chance(percent) { return random(1000) < 10 * percent }
function join(from, to,    i, text) { text = word[from]; for (i = from + 1; i <= to; i++) text = text " " word[i]; return text }
function part(    i, n, starts, from, length_) {
    n = 1; starts[1] = 1
    for (i = 2; i <= words; i++)
        if (word[i - 1] ~ /[,;:]$/ || word[i] ~ /^(and|but|which|who|that|because|when|while|where|after|before|if|with|in|to|for)$/) starts[++n] = i
    from = starts[1 + random(n)]
    length_ = 3 + random(10)
    return join(from, from + length_ > words ? words : from + length_)
}
function misspelled(text,    at, first) {
    at = 2 + random(length(text) - 3)
    first = substr(text, at, 1)
    if (substr(text, at, 2) !~ /^[a-z][a-z]$/) return text # no byte of a longer character is touched
    if (chance(33)) return substr(text, 1, at - 1) substr(text, at + 1)
    if (chance(50)) return substr(text, 1, at - 1) substr(text, at + 1, 1) first substr(text, at + 2)
    return substr(text, 1, at) first substr(text, at + 1)
}
function put(text) {
    gsub(/[,;: ]+$/, "", text)
    if (length(text) < 8) return
    if (chance(12)) text = tolower(text)
    if (chance(3)) text = misspelled(misspelled(text))
    print text
}
BEGIN { state = 20261130 }
{
    sub(/\r$/, "")
    words = split($0, word, / +/)
    if (words <= 16 ? chance(whole) : words <= 32 && chance(long)) put($0)
    if (words > 10 && chance(parts)) put(part())
}
