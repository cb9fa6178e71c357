"""Build from more texts than one machine reads in a night: ``pack`` puts the inputs into one file, ``job`` builds it on Apache Spark.

The map and the merge are those of :mod:`kg.run.stream`; Spark moves rows between them. Only ``session`` and ``job`` import pyspark, in
functions; ``extraction`` and ``merging`` run on the executors.
"""
