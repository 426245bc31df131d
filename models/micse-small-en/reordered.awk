# Sentences → the same words in another order or with another sense, so that a student learns from its teacher what word order, a negation and a number change. Of each
# sentence of 4 to 14 words at most one text comes out. The same seed gives the same lines on every awk.
#
#   LC_ALL=C awk -v share=40 -f reordered.awk texts.txt
#
# share: of how many sentences in 100 a text is made.

function random(limit) { state = (state * 16807) % 2147483647; return state % limit }
function chance(percent) { return random(1000) < 10 * percent }
function join(from, to,    i, text) { text = word[from]; for (i = from + 1; i <= to; i++) text = text " " word[i]; return text }
function content(i) { return word[i] ~ /^[A-Za-z][a-z]+$/ && length(word[i]) > 2 && !(tolower(word[i]) in function_word) }
function exchange(    i, n, first, second, held) { # two content words change places
    n = 0
    for (i = 1; i <= words; i++) if (content(i)) place[++n] = i
    if (n < 2) return ""
    first = place[1 + random(n)]; second = place[1 + random(n)]
    if (first == second || word[first] == word[second]) return ""
    held = word[first]; word[first] = word[second]; word[second] = held
    return join(1, words)
}
function turn(    i) { # what stands before and after a word such as "before" or "than" changes places
    for (i = 3; i < words - 1; i++) if (word[i] in hinge) return join(i + 1, words) " " word[i] " " join(1, i - 1)
    return ""
}
function deny(    i) {
    for (i = 2; i <= words; i++) {
        if (word[i] == "not") return join(1, i - 1) (i < words ? " " join(i + 1, words) : "")
        if (word[i] in auxiliary) return join(1, i) " not" (i < words ? " " join(i + 1, words) : "")
    }
    return ""
}
function count(    i) {
    for (i = 1; i <= words; i++) {
        if (word[i] ~ /^[0-9]+$/ && length(word[i]) < 5) { word[i] = 1 + random(2 * word[i] + 9); return join(1, words) }
        if (word[i] in number) { word[i] = numbers[1 + random(10)]; return join(1, words) }
    }
    return ""
}
function put(text) { gsub(/^[ ,;:]+|[ ,;:]+$/, "", text); if (length(text) > 7 && text != $0) { print text; return 1 } return 0 }
BEGIN {
    state = 20261131
    split("the and but for with from into that this these those was were are has have had its his her their our your who whom which what when where will can could would should may might must not all any one two more most than then there here been being over under about after before because while", list, " ")
    for (i in list) function_word[list[i]] = 1
    split("before after because than while although when if until unless whereas beats follows", list, " "); for (i in list) hinge[list[i]] = 1
    split("is are was were can will does do did has have had should could would must may might am", list, " "); for (i in list) auxiliary[list[i]] = 1
    split("one two three four five six seven eight nine ten", numbers, " "); for (i in numbers) number[numbers[i]] = 1
}
{
    sub(/\r$/, "")
    words = split($0, word, / +/)
    if (words < 4 || words > 14 || !chance(share)) next
    if (put(turn())) next
    if (chance(50) && put(count())) next
    if (chance(40) && put(deny())) next
    put(exchange())
}
