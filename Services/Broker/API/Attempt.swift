import Logging

extension Node {
    /// Runs a step and returns its outcome as a Kafka error code. An error that Kafka has no code for (the disk refused) is
    /// logged and answered with `otherwise`, an error that clients retry.
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
