// Package torture looks for ways to lose a backup: the program killed and the
// power cut at every operation on the disk, disks that fail at every one, and
// bytes that rot. It has nothing but tests.
//
// Each test has a short form, which is sampled from a seed that it prints,
// and a long one with all of it: LIFEBOAT_TORTURE=1, or make torture, which
// takes hours. With LIFEBOAT_TORTURE=60m, or make torture FOR=60m, samples are
// drawn of all disks and chapters until about that time is over.
// LIFEBOAT_SEED=n takes up a sample again.
package torture
