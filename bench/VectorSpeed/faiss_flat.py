"""Answers "seconds one N" and "seconds many N" with the time of N searches, and "ids" with the rows found."""
import sys
import time

try:
    import faiss
    import numpy
except ImportError as missing:
    sys.exit(str(missing))

rows_file, queries_file, dimensions, hits = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
index = faiss.IndexFlatIP(dimensions)
index.add(numpy.fromfile(rows_file, numpy.float32).reshape(-1, dimensions))
queries = numpy.fromfile(queries_file, numpy.float32).reshape(-1, dimensions)
print(f"ready faiss {faiss.__version__} with {faiss.omp_get_max_threads()} threads", flush=True)
for line in sys.stdin:
    words = line.split()
    if words[0] == "ids":
        print(*index.search(queries, hits)[1].ravel(), flush=True)
        continue
    start = time.perf_counter()
    for query in range(int(words[2])):
        index.search(queries if words[1] == "many" else queries[query:query + 1], hits)
    print(time.perf_counter() - start, flush=True)
