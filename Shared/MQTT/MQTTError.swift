/// Why MQTT did not do what was asked.
public enum MQTTError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The settings can't be used: a certificate that can't be read, an invalid topic filter.
    case unusable(String)
    /// There is no connection now.
    case notConnected
    /// This client withholds what it would send; see ``MQTTSettings/Acknowledgement/byCaller(within:)``.
    case withholding
    /// Too many messages wait to be sent.
    case queueFull
    /// The message can't be sent: a malformed topic, a payload that is too large.
    case unsendable(topic: String, reason: String)
    /// The broker did not accept the message, for a reason such as "Not authorized".
    case refused(topic: String, reason: String)
    /// The broker has not acknowledged in time; the message may still arrive.
    case timedOut
    /// The client was closed; the message may have arrived.
    case closed

    public var description: String {
        switch self {
        case .unusable(let reason): "MQTT settings: \(reason)"
        case .notConnected: "MQTT is not connected"
        case .withholding: "a client that withholds acknowledgements can't publish"
        case .queueFull: "too many messages wait to be published"
        case .unsendable(let topic, let reason): "can't be published to \(topic): \(reason)"
        case .refused(let topic, let reason): "MQTT refused a message to \(topic): \(reason)"
        case .timedOut: "MQTT has not acknowledged in time"
        case .closed: "the MQTT client is closed"
        }
    }
}
