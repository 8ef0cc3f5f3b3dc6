import Avro
import EventSchema
import Kafka
import Postgres

/// What caused an event not to be handled.
public enum Fault: Hashable, Sendable {
    /// The record itself: it would fail however often it is tried. It is sent to the dead letters.
    case record
    /// The store or the log is away or busy: that passes by itself. The record waits.
    case store
    /// A mistake in the program or in its setup, such as a missing right or table: every record would fail, and none
    /// is the cause. The record waits until a person has fixed it.
    case program

    public init(_ error: any Error) {
        self =
            switch error {
            case is EventRefused, is EventTooLarge, is DecodingError, is EncodingError, is EventDecodingError,
                is AvroError:
                .record
            case let error as PostgresError: Self.of(error)
            case let error as KafkaError: error.isRetriable ? .store : .program
            default: .program
            }
    }

    private static func of(_ error: PostgresError) -> Fault {
        switch error.kind {
        case .uniqueViolation, .foreignKeyViolation, .checkViolation, .notNullViolation, .rowPolicyViolation,
            .invalidValue, .refusedValue:
            .record
        case .connection, .poolExhausted, .serialization, .cancelled, .rolledBack, .column, .migration, .other:
            // 23: another integrity constraint; 54000: a value that is too long for its index.
            if error.isTransient {
                .store
            } else if let state = error.sqlState, state.hasPrefix("23") || state == "54000" {
                .record
            } else {
                .program
            }
        }
    }
}
