/// The messages that libmosquitto has and the broker has not acknowledged.
struct PublishWindow {
    private let limit: Int
    private var unacknowledged: [Int32: (publication: Publication, index: Int)] = [:]

    init(limit: Int) {
        self.limit = limit
    }

    var room: Int { limit - unacknowledged.count }

    mutating func sent(_ id: Int32, _ publication: Publication, index: Int) {
        unacknowledged[id] = (publication, index)
    }

    mutating func acknowledged(_ id: Int32, refusal: Int32?) {
        guard let (publication, index) = unacknowledged.removeValue(forKey: id) else { return }
        let topic = publication.messages[index].topic
        publication.answered(refusal.map { .refused(topic: topic, reason: Mosquitto.reason($0)) })
    }

    /// Fails what has waited too long. libmosquitto still sends it, so it keeps its place until it is acknowledged.
    func expire(_ now: ContinuousClock.Instant) {
        for (publication, _) in unacknowledged.values where publication.deadline <= now { publication.fail(.timedOut) }
    }

    mutating func fail(_ error: MQTTError) {
        for (publication, _) in unacknowledged.values { publication.fail(error) }
        unacknowledged = [:]
    }
}
