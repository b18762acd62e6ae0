// DynamoDB's wire protocol on a free loopback port, in memory. Prints the port as JSON, and ends when its standard input does.
import dynalite from 'dynalite'

const server = dynalite({ createTableMs: 0, deleteTableMs: 0 })
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify(server.address().port)))
process.stdin.resume()
process.stdin.on('end', () => process.exit(0))
