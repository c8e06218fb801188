"""What every service shares: HTTP, security, storage, events. It holds no business rules."""

import gc

# Nearly all that an import or a request makes is kept or freed without a collector. Python would let it look after each
# 700 new objects: a tenth of a cold start. The largest start makes 125 000. Before pydantic and Kafka's client, whose
# imports are large.
gc.set_threshold(200_000)
