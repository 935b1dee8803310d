package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ticks is USER_HZ, the unit of /proc/PID/stat; Linux has it at 100 on every platform that Go runs on.
const ticks = 100

// meter is the ids of some processes.
type meter []int

// cpu is the CPU time of the processes and of all their children, those that ended included.
func (m meter) cpu() (time.Duration, error) {
	var total time.Duration
	for _, pid := range m {
		t, err := treeCPU(pid)
		if err != nil {
			return 0, err
		}
		total += t
	}
	return total, nil
}

func treeCPU(pid int) (time.Duration, error) {
	fields, err := stat(pid)
	if err != nil {
		return 0, err
	}
	total := jiffies(fields, 11) + jiffies(fields, 12) + jiffies(fields, 13) + jiffies(fields, 14)
	for _, child := range children(pid) {
		t, err := treeCPU(child)
		if err != nil {
			continue // it ended meanwhile, and counts as its parent's from now on
		}
		total += t
	}
	return total, nil
}

// ownCPU is the CPU time of this process, without the ones that it started.
func ownCPU() (time.Duration, error) {
	fields, err := stat(os.Getpid())
	if err != nil {
		return 0, err
	}
	return jiffies(fields, 11) + jiffies(fields, 12), nil
}

// stat returns the fields of /proc/PID/stat that follow the command's name.
func stat(pid int) ([]string, error) {
	content, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return nil, fmt.Errorf("reading the CPU time of process %d: %w", pid, err)
	}
	text := string(content)
	return strings.Fields(text[strings.LastIndexByte(text, ')')+1:]), nil
}

func jiffies(fields []string, i int) time.Duration {
	n, _ := strconv.ParseInt(fields[i], 10, 64)
	return time.Duration(n) * time.Second / ticks
}

func children(pid int) []int {
	var found []int
	lists, _ := filepath.Glob(filepath.Join("/proc", strconv.Itoa(pid), "task", "*", "children"))
	for _, list := range lists {
		content, err := os.ReadFile(list) //nolint:gosec // below /proc
		if err != nil {
			continue
		}
		for _, field := range strings.Fields(string(content)) {
			if child, err := strconv.Atoi(field); err == nil {
				found = append(found, child)
			}
		}
	}
	return found
}

// resident is the resident memory of a process in MB (10^6 bytes), and peakResident the most that it ever had.
func resident(pid int) (float64, error)     { return memory(pid, "VmRSS:") }
func peakResident(pid int) (float64, error) { return memory(pid, "VmHWM:") }

func memory(pid int, line string) (float64, error) {
	content, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if err != nil {
		return 0, fmt.Errorf("reading the memory of process %d: %w", pid, err)
	}
	for text := range strings.Lines(string(content)) {
		if rest, found := strings.CutPrefix(text, line); found {
			kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kb * 1024 / 1e6, err
		}
	}
	return 0, fmt.Errorf("process %d has no resident memory", pid)
}
