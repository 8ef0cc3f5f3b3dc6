import EventSchema
import HTTPTypes
import Messaging
import ServiceKit

extension EventConsumer {
    /// Waits until what was written before the request has arrived.
    ///
    /// - Throws: ``Problem`` 503 while the replica lags: a record that it lacks may exist.
    func requireCaughtUp(with topic: Topic) async throws {
        guard await catchUp(with: topic) else {
            throw Problem(
                .serviceUnavailable,
                "replica_behind",
                "recent changes have not arrived at this service yet: try again",
                retryAfter: 1
            )
        }
    }
}
