public import EventSchema
import Kafka
import ServiceKit

extension EventConsumer {
    /// Waits until the replica holds everything that was in the topic when this was called, at most for `limit`.
    ///
    /// For a look-up that found nothing: then it sees what was written before the request came.
    ///
    /// - Returns: Whether it has caught up.
    public func catchUp(with topic: Topic, within limit: Duration = .seconds(3)) async -> Bool {
        guard let consumer = progress.consumer else { return false }
        let caughtUp = try? await within(limit) {
            let ends = try await consumer.ends(of: topic.name)
            while true {
                // Other instances of the service read the other partitions: the group's committed offsets count.
                let behind = ends.filter { $0.value > 0 && self.progress.position(of: $0.key) < $0.value }
                if behind.isEmpty { return true }
                let committed = try await consumer.committed(Array(behind.keys))
                if behind.allSatisfy({ (committed[$0.key] ?? 0) >= $0.value }) { return true }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        return caughtUp ?? false
    }
}
