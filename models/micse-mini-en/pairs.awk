# Sentences of articles -> pairs: each sentence with the next one, or the one after that, of its article, in turn.
#
#   awk -f pairs.awk en-articles.tsv en-sentences.txt >pairs.tsv
#
# The third column of en-articles.tsv is the number of sentences of each article, in the order of en-sentences.txt.
BEGIN { FS = "\t"; article = 1 }
NR == FNR { length_of[NR] = $3; next }
{
    sentence[++count] = $0
    if (count == length_of[article]) {
        for (first = 1; first < count; first++) {
            second = first + 1 + first % 2
            print sentence[first] "\t" sentence[second <= count ? second : count]
        }
        article++
        count = 0
    }
}
