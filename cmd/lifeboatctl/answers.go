package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"lifeboat/checks"
)

// maxAnswers bounds a file of answers, in bytes.
const maxAnswers = 1 << 20

// answerError is an answer that no question has.
type answerError struct{ question, choice, known string }

func (e *answerError) Error() string {
	return fmt.Sprintf("question %q has no answer %q; known: %s", e.question, e.choice, e.known)
}

// readAnswers reads a file of answers: a JSON object of questions and the
// choice, or for "error-text" the text, that the user gives to each. "" is no file.
func readAnswers(path string) (checks.Answers, error) {
	if path == "" {
		return nil, nil
	}
	data, err := readFile(path, maxAnswers)
	if err != nil {
		return nil, err
	}
	return parseAnswers(data)
}

// readFile reads a file of at most so many bytes.
func readFile(path string, most int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, most+1))
	if err == nil && int64(len(data)) > most {
		err = errors.New("the file is too large")
	}
	return data, err
}

func parseAnswers(data []byte) (checks.Answers, error) {
	var said map[checks.QuestionID]string
	if err := json.Unmarshal(data, &said); err != nil {
		return nil, err
	}
	questions := checks.Input{}.AllQuestions()
	answers := checks.Answers{}
	for id, text := range said {
		i := slices.IndexFunc(questions, func(q checks.Question) bool { return q.ID == id })
		if i < 0 {
			return nil, &answerError{string(id), text, strings.Join(each(questions, func(q checks.Question) string { return string(q.ID) }), ", ")}
		}
		if len(questions[i].Choices) == 0 {
			answers[id] = checks.Answer{Text: text}
			continue
		}
		if !slices.ContainsFunc(questions[i].Choices, func(c checks.Choice) bool { return c.ID == text }) {
			return nil, &answerError{string(id), text, choicesOf(questions[i])}
		}
		answers[id] = checks.Answer{Choice: text}
	}
	return answers, nil
}

func choicesOf(q checks.Question) string {
	return strings.Join(each(q.Choices, func(c checks.Choice) string { return c.ID }), ", ")
}
