import EventSchema
import Kafka
import Postgres
import ServiceKit

/// Dead letters, handled once more.
extension EventConsumer {
    /// Handles a record that was refused, in a transaction of the caller. The consumer's position does not move, and nothing is
    /// written to the record's topic: its other consumers have handled it.
    ///
    /// The transaction then sees the rows of the event's tenant.
    ///
    /// - Returns: What becomes of its dead letter.
    /// - Throws: What refuses it again (``Fault/record``), and whatever else its handler throws.
    func redrive(_ record: KafkaMessage, _ tx: Transaction) async throws -> DeadLetter.Status {
        let codec = try codec ?? daemon.schemas.codec()
        guard let work = try prepare(record, reader(codec)) else { return .passedOver }
        tx.enter(work.access)
        if let id = work.prepared.claim, try await !tx.claim(id) { return .handledBefore }
        try await work.prepared.apply(tx)
        return .handled
    }
}
