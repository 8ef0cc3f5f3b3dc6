/// Asks again and again until there is an answer.
///
/// The limit only says when to give up: it is long, because slowness on a busy machine is not a failure.
///
/// - Throws: ``LocalServerError`` naming `what` when there is none in time, and whatever `probe` throws.
@discardableResult
public func eventually<Value>(
    _ what: @autoclosure () -> String,
    within limit: Duration = .seconds(120),
    every pause: Duration = .milliseconds(20),
    _ probe: () async throws -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now + limit
    while true {
        if let value = try await probe() { return value }
        guard ContinuousClock.now < deadline else { throw LocalServerError("waited \(limit) for \(what())") }
        try await Task.sleep(for: pause)
    }
}
