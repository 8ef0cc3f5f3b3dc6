import Logging

extension Node {
    /// Runs a step and says how it went in Kafka's terms. What is not Kafka's to name (the disk refused) is logged, and
    /// answered with an error that clients retry: `otherwise`.
    func attempt(
        _ failure: StaticString,
        fencedAs fenced: ErrorCode = .producerFenced,
        otherwise: ErrorCode = .coordinatorNotAvailable,
        _ step: () throws -> Void
    ) -> ErrorCode {
        do {
            try step()
            return .none
        } catch let error as ErrorCode {
            return error == .producerFenced ? fenced : error
        } catch {
            logger.error("\(failure)", metadata: ["error": "\(error)"])
            return otherwise
        }
    }
}
