extension Node {
    /// The counters and the state of the log in Prometheus' text format.
    func metrics() -> String {
        let logs = topics.values.flatMap(\.partitions)
        let samples: [(name: String, type: String, help: String, value: Int)] = [
            ("connections", "gauge", "Open client connections.", counters.connections),
            ("failed_logins_total", "counter", "Logins refused.", counters.failedLogins),
            ("requests_total", "counter", "Requests answered.", counters.requests),
            ("records_in_total", "counter", "Records appended.", counters.recordsIn),
            ("bytes_in_total", "counter", "Bytes of record batches appended.", counters.bytesIn),
            ("bytes_out_total", "counter", "Bytes of record batches fetched.", counters.bytesOut),
            (
                "flushes_total", "counter", "Syncs of a partition that an answer or flush.ms waited for.",
                counters.flushes
            ),
            ("topics", "gauge", "Topics, internal ones included.", topics.count),
            ("partitions", "gauge", "Partitions of all topics.", logs.count),
            ("partitions_refusing", "gauge", "Partitions whose last write failed: a full disk.", refusing.count),
            ("log_bytes", "gauge", "Size of all segments.", logs.reduce(0) { $0 + $1.size }),
            ("groups", "gauge", "Consumer groups with members.", coordinator.groups.values.count { !$0.isUnused }),
            (
                "transactions_open", "gauge", "Transactions under way.",
                transactions.values.count { $0.state == .ongoing }
            ),
        ]
        return samples.map { sample in
            """
            # HELP dcmms_broker_\(sample.name) \(sample.help)
            # TYPE dcmms_broker_\(sample.name) \(sample.type)
            dcmms_broker_\(sample.name) \(sample.value)

            """
        }.joined()
    }
}
